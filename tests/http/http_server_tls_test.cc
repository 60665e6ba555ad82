// TLS and plain HTTP on one port.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/read_file.h"
#include "tests/http/server_under_test.h"
#include "tests/support/certificate.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

HttpServerOptions WithTls(const Certificate& certificate, TlsMode mode = TlsMode::kAuto) {
  HttpServerOptions options = OnAnyPort();
  options.tls_mode = mode;
  options.tls.files = {certificate.cert_file(), certificate.key_file()};
  return options;
}

/// A client that trusts `certificate` only.
TlsContext Trusting(const std::string& cert_file) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  EXPECT_EQ(SSL_CTX_load_verify_locations(context.get(), cert_file.c_str(), nullptr), 1);
  return context;
}

/// A client that trusts anybody.
TlsContext Trustful() { return TlsContext(SSL_CTX_new(TLS_client_method())); }

int StatusOf(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }

std::string NameOf(SSL* tls) {
  X509* const certificate = SSL_get0_peer_certificate(tls);
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
  return name;
}

/// What a new connection gets.
std::string ServedName(ServerUnderTest& server) {
  const TlsContext context = Trustful();
  RawClient client = server.Connect();
  return client.StartTls(context.get()) ? NameOf(client.tls()) : "no TLS";
}

/// Replaces a certificate's files by another's, each in one step.
void Replace(const Certificate& replaced, const std::string& cert_file,
             const std::string& key_file) {
  const auto put = [](const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to + ".new");
    std::filesystem::rename(to + ".new", to);
  };
  put(cert_file, replaced.cert_file());
  put(key_file, replaced.key_file());
}

/// Keeps what is logged while it lives.
class LogInFile {
 public:
  LogInFile() : path_(folder_.Write("log", "")), stderr_(dup(STDERR_FILENO)) {
    const int file = open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    dup2(file, STDERR_FILENO);
    close(file);
  }
  ~LogInFile() {
    dup2(stderr_, STDERR_FILENO);
    close(stderr_);
  }

  /// Waits for a line with `text` and returns the whole log.
  std::string Await(const std::string& text) const {
    while (true) {
      const absl::StatusOr<std::string> log = ReadFile(path_);
      EXPECT_THAT(log, IsOk());
      if (!log.ok() || log->find(text) != std::string::npos) return log.value_or("");
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

 private:
  const TempFolder folder_;
  const std::string path_;
  const int stderr_;
};

class HttpServerTlsTest : public testing::Test {
 protected:
  const Certificate certificate_{"localhost"};
  const TlsContext client_context_ = Trusting(certificate_.cert_file());

  /// The bytes of a handshake's first message.
  std::string ClientHello() const {
    BIO* const sent = BIO_new(BIO_s_mem());
    const Tls tls(SSL_new(client_context_.get()));
    SSL_set_connect_state(tls.get());
    SSL_set_bio(tls.get(), BIO_new(BIO_s_mem()), sent);
    SSL_do_handshake(tls.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(sent, &bytes);
    EXPECT_GT(size, 100);
    return std::string(bytes, static_cast<size_t>(size));
  }

  RawClient ConnectByTls(ServerUnderTest& server) {
    RawClient client = server.Connect();
    EXPECT_TRUE(client.StartTls(client_context_.get()));
    return client;
  }
};

TEST_F(HttpServerTlsTest, AutoSpeaksBothOnOnePort) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient plain = server.Connect();
  RawClient secure = ConnectByTls(server);
  EXPECT_EQ(NameOf(secure.tls()), "localhost");
  for (int i = 0; i < 3; ++i) {  // kept alive
    for (RawClient* client : {&plain, &secure}) {
      for (const std::string target : {"/inline", "/on-a-worker"}) {
        const auto answer = client->Ask(Simple(target));
        ASSERT_EQ(StatusOf(answer), 200);
        EXPECT_EQ(answer->body, "GET " + target + " ");
      }
    }
  }
}

TEST_F(HttpServerTlsTest, RequiredTellsAPlainClientSo) {
  ServerUnderTest server(WithTls(certificate_, TlsMode::kRequired));
  RawClient plain = server.Connect();
  const auto answer = plain.Ask(Simple("/inline"));
  ASSERT_EQ(StatusOf(answer), 400);
  EXPECT_EQ(answer->Header("content-type"), "application/problem+json");
  EXPECT_EQ(answer->Header("connection"), "close");
  EXPECT_THAT(answer->body, HasSubstr("This port speaks HTTPS"));
  EXPECT_EQ(plain.ReadToEnd(), "");
  EXPECT_EQ(StatusOf(ConnectByTls(server).Ask(Simple("/inline"))), 200);
}

TEST_F(HttpServerTlsTest, OffSpeaksPlainHttpOnly) {
  ServerUnderTest server(WithTls(certificate_, TlsMode::kOff));
  EXPECT_FALSE(server.Connect().StartTls(client_context_.get()));
  RawClient hello = server.Connect();
  EXPECT_EQ(StatusOf(hello.Ask("\x16\x03\x01\r\n")), 400);
  EXPECT_EQ(StatusOf(server.Connect().Ask(Simple("/inline"))), 200);
}

TEST_F(HttpServerTlsTest, WhatIsNeitherIsRefused) {
  ServerUnderTest server(WithTls(certificate_));
  for (const absl::string_view bytes :
       {absl::string_view("\0\0\0\0\r\n", 6), absl::string_view("\x80\x2e\x01\x03\x01\r\n"),
        absl::string_view("\x15\x03\x01\r\n"), absl::string_view("\x17\x03\x03\r\n"),
        absl::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}) {
    RawClient client = server.Connect();
    EXPECT_THAT(StatusOf(client.Ask(bytes)), AnyOf(400, 501, 505));
    EXPECT_EQ(client.ReadToEnd(), "");
  }
  for (const absl::string_view bytes :
       {absl::string_view("\x16GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        absl::string_view("\x16\x03\x01\xff\xff\x01"),
        absl::string_view("\x16\x03\x01\x00\x04\x02\x00\x00\x00", 9)}) {
    RawClient client = server.Connect();
    ASSERT_TRUE(client.Send(bytes));
    EXPECT_TRUE(client.Ends());
  }
  EXPECT_EQ(StatusOf(ConnectByTls(server).Ask(Simple("/inline"))), 200);
}

TEST_F(HttpServerTlsTest, EndBeforeTheFirstByteEnds) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient client = server.Connect();
  client.ShutdownWrite();
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(HttpServerTlsTest, DrippedClientHelloIsReadWithoutAThread) {
  HttpServerOptions options = WithTls(certificate_);
  options.worker_threads = 1;
  ServerUnderTest server(options);
  RawClient client = server.Connect(), other = server.Connect();
  for (const char byte : ClientHello()) {
    ASSERT_TRUE(client.Send(absl::string_view(&byte, 1)));
    ASSERT_EQ(StatusOf(other.Ask(Simple("/a"))), 200);  // so the byte came alone
  }
  client.ShutdownWrite();
  const auto answer = client.ReadToEnd();
  ASSERT_TRUE(answer.has_value());
  ASSERT_GT(answer->size(), 5);
  EXPECT_EQ((*answer)[0], '\x16');
  EXPECT_EQ((*answer)[5], '\x02');  // a ServerHello
}

TEST_F(HttpServerTlsTest, RequestOfARecordAByteIsRead) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient client = ConnectByTls(server);
  for (const char byte : Simple("/inline")) ASSERT_TRUE(client.Send(absl::string_view(&byte, 1)));
  EXPECT_EQ(StatusOf(client.Read()), 200);
}

TEST_F(HttpServerTlsTest, PipelinedRequestsAreAnsweredInOrder) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient client = ConnectByTls(server);
  std::string requests;  // several records, and more than one turn of the loop takes
  constexpr int kRequests = 1000;
  for (int i = 0; i < kRequests; ++i) {
    requests += Simple(absl::StrCat(i % 7 == 0 ? "/a?" : "/inline?", i));
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < kRequests; ++i) {
    const auto answer = client.Read();
    ASSERT_EQ(StatusOf(answer), 200) << i;
    ASSERT_THAT(answer->body, HasSubstr(absl::StrCat("?", i, " ")));
  }
}

TEST_F(HttpServerTlsTest, LargeBodiesAndAnswersPass) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient client = ConnectByTls(server);
  const std::string body(1'000'000, 'b');
  const auto echo = client.Ask(absl::StrCat(
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
  ASSERT_EQ(StatusOf(echo), 200);
  EXPECT_EQ(echo->body, "POST /a " + body);

  const auto large = client.Ask(Simple("/large"));
  ASSERT_EQ(StatusOf(large), 200);
  EXPECT_EQ(large->body, std::string(ServerUnderTest::kLargeBytes, 'l'));
  EXPECT_EQ(StatusOf(client.Ask(Simple("/inline"))), 200);
}

TEST_F(HttpServerTlsTest, WaitingBodyIsLetGo) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient client = ConnectByTls(server);
  const auto interim = client.Ask(
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(StatusOf(interim), 100);
  const auto answer = client.Ask("ab");
  ASSERT_EQ(StatusOf(answer), 200);
  EXPECT_EQ(answer->body, "POST /a ab");
}

TEST_F(HttpServerTlsTest, HalfClosedClientGetsItsAnswerAndAProperEnd) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient client = ConnectByTls(server);
  ASSERT_TRUE(client.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  client.ShutdownWrite();
  ASSERT_EQ(StatusOf(server.Connect().Ask(Simple("/inline"))), 200);  // the loop has seen it
  reply.Send({});
  EXPECT_EQ(StatusOf(client.Read()), 200);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(HttpServerTlsTest, ErrorAnswerOverTlsHasAProperEnd) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient client = ConnectByTls(server);
  EXPECT_EQ(StatusOf(client.Ask("nonsense\r\n\r\n")), 400);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(HttpServerTlsTest, HandshakeThatDoesNotEndIsClosed) {
  HttpServerOptions options = WithTls(certificate_);
  options.head_timeout = absl::Milliseconds(50);
  ServerUnderTest server(options);
  RawClient one_byte = server.Connect();
  ASSERT_TRUE(one_byte.Send("\x16"));
  EXPECT_TRUE(one_byte.Ends());
  RawClient hello = server.Connect();
  ASSERT_TRUE(hello.Send(ClientHello()));
  EXPECT_TRUE(hello.Ends());
}

TEST_F(HttpServerTlsTest, IdleConnectionIsClosedProperly) {
  HttpServerOptions options = WithTls(certificate_);
  options.idle_timeout = absl::Milliseconds(50);
  ServerUnderTest server(options);
  EXPECT_EQ(server.Connect().ReadToEnd(), "");
  RawClient client = ConnectByTls(server);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(HttpServerTlsTest, ConnectionsOverTheLimitAreRefused) {
  HttpServerOptions options = WithTls(certificate_);
  options.max_connections = 1;
  ServerUnderTest server(options);
  {
    RawClient first = ConnectByTls(server);
    EXPECT_FALSE(server.Connect().StartTls(client_context_.get()));
    EXPECT_EQ(StatusOf(server.Connect().Ask(Simple("/inline"))), 503);
    EXPECT_EQ(StatusOf(first.Ask(Simple("/inline"))), 200);
  }
  while (StatusOf(server.Connect().Ask(Simple("/inline"))) != 200) std::this_thread::yield();
}

TEST_F(HttpServerTlsTest, OfTooManyHandshakesTheOldestGivesWay) {
  ServerUnderTest server(WithTls(certificate_));
  std::vector<RawClient> clients;
  for (int i = 0; i < 1025; ++i) {
    clients.push_back(server.Connect());
    ASSERT_TRUE(clients.back().Send("\x16"));
  }
  EXPECT_TRUE(clients.front().Ends());
  EXPECT_EQ(StatusOf(ConnectByTls(server).Ask(Simple("/inline"))), 200);
}

TEST_F(HttpServerTlsTest, StopDrains) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient busy = ConnectByTls(server), idle = ConnectByTls(server), silent = server.Connect();
  ASSERT_TRUE(busy.Send(Simple("/wait")));
  while (server.waiting() < 1) std::this_thread::yield();
  RawClient half_open = server.Connect();
  half_open.BeginTls(client_context_.get());
  ASSERT_EQ(StatusOf(idle.Ask(Simple("/inline"))), 200);

  std::thread stop([&] { server.server().Stop(absl::Seconds(60)); });
  EXPECT_EQ(idle.ReadToEnd(), "");  // so the drain has begun
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_FALSE(server.Connect().connected());
  server.OpenGate();
  EXPECT_TRUE(half_open.FinishTls());
  for (RawClient* client : {&busy, &half_open}) {
    const auto answer = client == &busy ? client->Read() : client->Ask(Simple("/inline"));
    ASSERT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(answer->Header("connection"), "close");
    EXPECT_EQ(client->ReadToEnd(), "");
    client->ShutdownWrite();  // else the server lingers for it
  }
  stop.join();
}

TEST_F(HttpServerTlsTest, AfterTheGraceHandshakesAreCut) {
  ServerUnderTest server(WithTls(certificate_));
  RawClient half_open = server.Connect(), one_byte = server.Connect();
  ASSERT_TRUE(half_open.Send(ClientHello()));
  ASSERT_TRUE(one_byte.Send("\x16"));
  ASSERT_EQ(StatusOf(ConnectByTls(server).Ask(Simple("/inline"))), 200);
  server.server().Stop(absl::ZeroDuration());
  EXPECT_TRUE(half_open.Ends());
  EXPECT_TRUE(one_byte.Ends());
}

TEST_F(HttpServerTlsTest, OnlyModernTlsAndHttp11AreNegotiated) {
  ServerUnderTest server(WithTls(certificate_));
  const auto version = [&](int highest, const std::string& protocols) -> std::string {
    const TlsContext context = Trustful();
    SSL_CTX_set_security_level(context.get(), 0);  // the client takes anything
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), highest);
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned int>(protocols.size()));
    RawClient client = server.Connect();
    if (!client.StartTls(context.get())) return "none";
    const unsigned char* protocol = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(client.tls(), &protocol, &size);
    return absl::StrCat(SSL_get_version(client.tls()), " ",
                        std::string(reinterpret_cast<const char*>(protocol), size));
  };
  EXPECT_EQ(version(TLS1_3_VERSION, "\x02h2\x08http/1.1"), "TLSv1.3 http/1.1");
  EXPECT_EQ(version(TLS1_2_VERSION, "\x08http/1.1"), "TLSv1.2 http/1.1");
  EXPECT_EQ(version(TLS1_2_VERSION, ""), "TLSv1.2 ");
  EXPECT_EQ(version(TLS1_3_VERSION, "\x02h2"), "none");
  EXPECT_EQ(version(TLS1_1_VERSION, ""), "none");
}

TEST_F(HttpServerTlsTest, SessionsAreResumedAndNotRenegotiated) {
  ServerUnderTest server(WithTls(certificate_));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const TlsContext context = Trusting(certificate_.cert_file());
    SSL_CTX_set_max_proto_version(context.get(), version);
    RawClient first = server.Connect();
    ASSERT_TRUE(first.StartTls(context.get()));
    ASSERT_EQ(StatusOf(first.Ask(Simple("/inline"))), 200);  // tickets come with it
    const TlsSession session(SSL_get1_session(first.tls()));
    RawClient second = server.Connect();
    ASSERT_TRUE(second.StartTls(context.get(), session.get()));
    EXPECT_EQ(SSL_session_reused(second.tls()), 1) << version;
    EXPECT_EQ(StatusOf(second.Ask(Simple("/inline"))), 200);
    if (version != TLS1_2_VERSION) continue;
    SSL_renegotiate(second.tls());
    EXPECT_NE(SSL_do_handshake(second.tls()), 1);
  }
}

/// Shows `certificate` to a server that asks for one.
void Show(const Certificate& certificate, SSL_CTX* context) {
  EXPECT_EQ(
      SSL_CTX_use_certificate_file(context, certificate.cert_file().c_str(), SSL_FILETYPE_PEM), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context, certificate.key_file().c_str(), SSL_FILETYPE_PEM),
            1);
}

TEST_F(HttpServerTlsTest, AVerifiedCertificateNamesTheClientAlsoWhenItComesBack) {
  const Certificate ada("ada", "DNS:Ada.Example,email:ada@example.com");
  HttpServerOptions options = WithTls(certificate_);
  options.tls.client_ca_file = ada.cert_file();
  ServerUnderTest server(options);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const TlsContext context = Trusting(certificate_.cert_file());
    SSL_CTX_set_max_proto_version(context.get(), version);
    Show(ada, context.get());
    RawClient first = server.Connect();
    ASSERT_TRUE(first.StartTls(context.get()));
    const auto answer = first.Ask(Simple("/names"));
    ASSERT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(answer->body, "dns:ada.example email:ada@example.com cn:ada");
    const TlsSession session(SSL_get1_session(first.tls()));
    RawClient second = server.Connect();
    ASSERT_TRUE(second.StartTls(context.get(), session.get()));
    EXPECT_EQ(SSL_session_reused(second.tls()), 1) << version;
    const auto again = second.Ask(Simple("/names"));
    ASSERT_EQ(StatusOf(again), 200);
    EXPECT_EQ(again->body, answer->body);
  }
  // None is fine, and no name.
  for (const bool tls : {true, false}) {
    RawClient nobody = server.Connect();
    if (tls) {
      ASSERT_TRUE(nobody.StartTls(client_context_.get()));
    }
    const auto answer = nobody.Ask(Simple("/names"));
    ASSERT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(answer->body, "");
  }
}

TEST_F(HttpServerTlsTest, AStrangersCertificateIsRefused) {
  const Certificate ada("ada");
  const Certificate other_ada("ada");
  HttpServerOptions options = WithTls(certificate_);
  options.tls.client_ca_file = ada.cert_file();
  ServerUnderTest server(options);
  const TlsContext context = Trusting(certificate_.cert_file());
  Show(other_ada, context.get());
  RawClient client = server.Connect();
  // With TLS 1.3 the client is done with its handshake before the server has judged it.
  if (client.StartTls(context.get())) {
    EXPECT_EQ(StatusOf(client.Ask(Simple("/names"))), 0);
  }
}

TEST_F(HttpServerTlsTest, WhoAsksNobodySeesNoCertificate) {
  const Certificate ada("ada");
  ServerUnderTest server(WithTls(certificate_));
  const TlsContext context = Trusting(certificate_.cert_file());
  Show(ada, context.get());
  RawClient client = server.Connect();
  ASSERT_TRUE(client.StartTls(context.get()));
  const auto answer = client.Ask(Simple("/names"));
  ASSERT_EQ(StatusOf(answer), 200);
  EXPECT_EQ(answer->body, "");
}

TEST_F(HttpServerTlsTest, NewAuthoritiesOfClientsAreTakenAndEndTheOldOnesSessions) {
  const Certificate first("first");
  const Certificate second("second");
  const TempFolder folder;
  HttpServerOptions options = WithTls(certificate_);
  options.tls.client_ca_file = folder.Write("ca.pem", *ReadFile(first.cert_file()));
  options.tls.reload_interval = absl::Milliseconds(5);
  ServerUnderTest server(options);
  const auto names = [&](SSL_CTX* context, SSL_SESSION* session) -> std::string {
    RawClient client = server.Connect();
    if (!client.StartTls(context, session)) return "refused";
    const auto answer = client.Ask(Simple("/names"));
    return StatusOf(answer) == 200 ? answer->body : "refused";
  };
  const TlsContext old_context = Trusting(certificate_.cert_file());
  Show(first, old_context.get());
  RawClient old = server.Connect();
  ASSERT_TRUE(old.StartTls(old_context.get()));
  ASSERT_EQ(StatusOf(old.Ask(Simple("/names"))), 200);
  const TlsSession session(SSL_get1_session(old.tls()));

  const TlsContext context = Trusting(certificate_.cert_file());
  Show(second, context.get());
  EXPECT_EQ(names(context.get(), nullptr), "refused");
  folder.Write("ca.pem", *ReadFile(second.cert_file()));
  while (names(context.get(), nullptr) != "dns:second cn:second") std::this_thread::yield();
  EXPECT_EQ(names(old_context.get(), session.get()), "refused");
}

TEST_F(HttpServerTlsTest, HstsIsSaidOverTlsOnly) {
  HttpServerOptions options = WithTls(certificate_);
  options.hsts = absl::Hours(24);
  ServerUnderTest server(options);
  const auto secure = ConnectByTls(server).Ask(Simple("/inline"));
  ASSERT_EQ(StatusOf(secure), 200);
  EXPECT_EQ(secure->Header("strict-transport-security"), "max-age=86400");
  const auto refused = ConnectByTls(server).Ask("nonsense\r\n\r\n");
  ASSERT_EQ(StatusOf(refused), 400);
  EXPECT_EQ(refused->Header("strict-transport-security"), "max-age=86400");
  const auto plain = server.Connect().Ask(Simple("/inline"));
  ASSERT_EQ(StatusOf(plain), 200);
  EXPECT_EQ(plain->Header("strict-transport-security"), "");
}

TEST_F(HttpServerTlsTest, WhatNeedsTlsIsNamedWithoutIt) {
  HttpServerOptions options = OnAnyPort();
  options.hsts = absl::Hours(1);
  options.tls.client_ca_file = certificate_.cert_file();
  EXPECT_THAT(HttpServer::Check(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr("hsts is for HTTPS"),
                                      HasSubstr("tls_client_ca_file is for HTTPS"))));
  options = WithTls(certificate_);
  options.hsts = -absl::Seconds(1);
  options.tls.client_ca_file = "/nonexistent.pem";
  EXPECT_THAT(HttpServer::Check(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr("hsts must be"), HasSubstr("'/nonexistent.pem'"))));
}

TEST_F(HttpServerTlsTest, NewFilesAreServedToNewConnections) {
  HttpServerOptions options = WithTls(certificate_);
  options.tls.reload_interval = absl::Milliseconds(5);
  ServerUnderTest server(options);
  RawClient old = ConnectByTls(server);
  const Certificate next("next.example");
  Replace(certificate_, next.cert_file(), next.key_file());
  while (ServedName(server) != "next.example") std::this_thread::yield();
  EXPECT_EQ(StatusOf(old.Ask(Simple("/inline"))), 200);
}

TEST_F(HttpServerTlsTest, FilesThatAreNoPairChangeNothing) {
  HttpServerOptions options = WithTls(certificate_);
  options.tls.reload_interval = absl::Milliseconds(5);
  ServerUnderTest server(options);
  const Certificate other("other.example"), next("next.example");
  const TempFolder folder;
  {
    const LogInFile log;
    Replace(certificate_, next.cert_file(), other.key_file());
    EXPECT_THAT(log.Await("is not that of the certificate in"),
                AllOf(HasSubstr(certificate_.key_file()), HasSubstr("stays")));
    EXPECT_EQ(ServedName(server), "localhost");
    const std::string nonsense = folder.Write("nonsense", "do-not-quote-me");
    Replace(certificate_, next.cert_file(), nonsense);
    EXPECT_THAT(log.Await("holds no PEM private key"), Not(HasSubstr("do-not-quote-me")));
    EXPECT_EQ(ServedName(server), "localhost");
    std::filesystem::remove(certificate_.cert_file());
    log.Await("No such file");
    EXPECT_EQ(ServedName(server), "localhost");
  }
  Replace(certificate_, next.cert_file(), next.key_file());
  while (ServedName(server) != "next.example") std::this_thread::yield();
}

TEST(HttpServerSelfSignedTest, OneCertificateIsMadeAndKept) {
  const TempFolder folder;
  HttpServerOptions options = OnAnyPort();
  options.tls_mode = TlsMode::kAuto;
  options.tls.self_signed_folder = folder.path() + "/new/folder";
  std::string pem;
  for (int i = 0; i < 2; ++i) {
    const LogInFile log;
    ServerUnderTest server(options);
    EXPECT_THAT(log.Await("SELF-SIGNED"), HasSubstr(options.tls.self_signed_folder));
    const std::string cert_file = options.tls.self_signed_folder + "/self-signed.cert.pem";
    const TlsContext context = Trusting(cert_file);
    ASSERT_EQ(X509_VERIFY_PARAM_set1_ip_asc(SSL_CTX_get0_param(context.get()), "127.0.0.1"), 1);
    RawClient client = server.Connect();
    ASSERT_TRUE(client.StartTls(context.get()));
    EXPECT_EQ(StatusOf(client.Ask(Simple("/inline"))), 200);
    const std::string now = *ReadFile(cert_file);
    EXPECT_EQ(now, i == 0 ? now : pem);
    pem = now;
  }
}

TEST(HttpServerTlsOptionsTest, MistakesAreNamedAlongWithAllOthers) {
  HttpServerOptions options;
  options.listen_address = "nonsense";
  options.tls_mode = TlsMode::kAuto;
  EXPECT_THAT(HttpServer::Check(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("'nonsense'"), HasSubstr("tls_cert_file"),
                             HasSubstr("tls_folder"))));
  options.tls.files.cert_file = "/nonexistent";
  EXPECT_THAT(HttpServer::Check(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tls_key_file")));
  options.tls.files.key_file = "/";
  EXPECT_THAT(HttpServer::Check(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("'/nonexistent'"), HasSubstr("'/'"))));
  options.tls_mode = TlsMode::kOff;
  EXPECT_THAT(HttpServer::Check(options),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("nonexistent"))));
}

TEST(HttpServerTlsOptionsTest, AFolderThatCannotBeUsedIsNamed) {
  const TempFolder folder;
  HttpServerOptions options = OnAnyPort();
  options.tls_mode = TlsMode::kRequired;
  options.tls.self_signed_folder = folder.Write("file", "") + "/below";
  const auto reactor = StartReactor();
  HttpCallbacks callbacks;
  callbacks.handler = [](const httplib::Request&, const HttpReply&) {};
  EXPECT_THAT(
      HttpServer::Start(options, callbacks, *reactor),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(options.tls.self_signed_folder)));
}

}  // namespace
}  // namespace openvidu::token
