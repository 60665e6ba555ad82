#include "server/token_server.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <latch>
#include <thread>

#include "absl/strings/str_cat.h"
#include "client/token_client.h"
#include "common/read_file.h"
#include "common/status_details.h"
#include "tests/support/certificate.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

TokenServerOptions OptionsFor(const std::string& openvidu_url) {
  TokenServerOptions options;
  options.listen_address = "127.0.0.1:0";
  options.openvidu.url = openvidu_url;
  options.openvidu.secret = "MY_SECRET";
  return options;
}

class TokenServerTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<TokenServer>> Start(const TokenServerOptions& options) {
    return TokenServer::Start(options, *reactor_);
  }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
};

TEST_F(TokenServerTest, ServesOnAPortAndWithinTheProcess) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) peer.Send(HttpAnswerText(200, R"({"sessionId":"ses_A"})"));
  });
  const auto server = Start(OptionsFor(upstream.url()));
  ASSERT_THAT(server, IsOk());
  const auto remote =
      TokenClient::Create({.server_address = absl::StrCat("127.0.0.1:", (*server)->port())});
  ASSERT_THAT(remote, IsOk());
  const auto healthy = [&server](absl::Duration, TokenClient::HealthDone done) {
    done((*server)->serving() ? absl::OkStatus() : absl::UnavailableError("stopping"));
  };
  TokenClient local((*server)->service(), healthy, absl::Seconds(60));
  for (TokenClient* client : {remote->get(), &local}) {
    EXPECT_THAT(client->CheckHealth(absl::Seconds(60)), IsOk());
    EXPECT_THAT(client->InitializeSession({}), IsOk());
  }
}

TEST_F(TokenServerTest, SpeaksTlsToThoseWhoTrustIt) {
  const Certificate certificate("localhost");
  TokenServerOptions options = OptionsFor("http://127.0.0.1:1");
  options.tls.files = {certificate.cert_file(), certificate.key_file()};
  const auto server = Start(options);
  ASSERT_THAT(server, IsOk());
  const std::string address = absl::StrCat("localhost:", (*server)->port());
  const auto trusting = TokenClient::Create(
      {.server_address = address, .tls = true, .ca_file = certificate.cert_file()});
  ASSERT_THAT(trusting, IsOk());
  EXPECT_THAT((*trusting)->CheckHealth(absl::Seconds(60)), IsOk());
  const auto plain = TokenClient::Create({.server_address = address});
  ASSERT_THAT(plain, IsOk());
  EXPECT_THAT((*plain)->CheckHealth(absl::Seconds(60)), StatusIs(Code::kUnavailable));
}

TEST_F(TokenServerTest, NamesEveryMistakeAndStartsNothing) {
  TokenServerOptions options = OptionsFor("localhost");
  options.listen_address = "50051";
  options.openvidu.secret = "";
  options.request_timeout = absl::ZeroDuration();
  options.tls.files.cert_file = "/nonexistent.pem";
  options.max_connection_age = -absl::Seconds(1);
  EXPECT_THAT(Start(options),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("'50051'"), HasSubstr("http://"), HasSubstr("secret"),
                             HasSubstr("timeout"), HasSubstr("TLS needs both"),
                             HasSubstr("grpc_max_connection_age"))));
}

TEST_F(TokenServerTest, ASecondInstanceOnThePortFails) {
  const auto first = Start(OptionsFor("http://127.0.0.1:1"));
  ASSERT_THAT(first, IsOk());
  TokenServerOptions options = OptionsFor("http://127.0.0.1:1");
  options.listen_address = absl::StrCat("127.0.0.1:", (*first)->port());
  EXPECT_THAT(Start(options), StatusIs(Code::kUnavailable, HasSubstr("cannot listen")));
}

TEST_F(TokenServerTest, StopLetsACallUnderWayFinish) {
  std::latch arrived{1};
  std::latch answer{1};
  ScriptedUpstream upstream([&](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    arrived.count_down();
    answer.wait();
    peer.Send(HttpAnswerText(200, R"({"sessionId":"ses_A"})"));
  });
  const auto server = Start(OptionsFor(upstream.url()));
  ASSERT_THAT(server, IsOk());
  const auto client =
      TokenClient::Create({.server_address = absl::StrCat("127.0.0.1:", (*server)->port())});
  ASSERT_THAT(client, IsOk());
  std::thread caller([&] { EXPECT_THAT((*client)->InitializeSession({}), IsOk()); });
  arrived.wait();
  std::thread stopper([&] { (*server)->Stop(absl::Seconds(60)); });
  answer.count_down();
  caller.join();
  stopper.join();
  EXPECT_THAT((*client)->InitializeSession({}), StatusIs(Code::kUnavailable));
}

TEST_F(TokenServerTest, TheEndOfTheGraceEndsACallUnderWay) {
  std::latch arrived{1};
  ScriptedUpstream upstream([&](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    arrived.count_down();
    peer.ReadRequest();  // answers never
  });
  const auto server = Start(OptionsFor(upstream.url()));
  ASSERT_THAT(server, IsOk());
  const auto client =
      TokenClient::Create({.server_address = absl::StrCat("127.0.0.1:", (*server)->port())});
  ASSERT_THAT(client, IsOk());
  std::thread caller([&] {
    const auto session = (*client)->InitializeSession({});
    EXPECT_THAT(session, StatusIs(Code::kUnavailable, HasSubstr("may have been carried out")));
    EXPECT_EQ(ReasonOf(session.status()), "UPSTREAM_ANSWER_LOST");
  });
  arrived.wait();
  (*server)->Stop(absl::ZeroDuration());
  caller.join();
}

TEST_F(TokenServerTest, WhileItDrainsItServesButSaysNo) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) peer.Send(HttpAnswerText(200, R"({"sessionId":"ses_A"})"));
  });
  const auto server = Start(OptionsFor(upstream.url()));
  ASSERT_THAT(server, IsOk());
  const std::string address = absl::StrCat("127.0.0.1:", (*server)->port());
  // It does not ask the health service before it calls.
  TokenClient careless(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()),
                       absl::Seconds(60));
  EXPECT_THAT(careless.CheckHealth(absl::Seconds(60)), IsOk());
  (*server)->BeginDrain();
  EXPECT_FALSE((*server)->serving());
  EXPECT_THAT(careless.CheckHealth(absl::Seconds(60)), StatusIs(Code::kUnavailable));
  EXPECT_THAT(careless.InitializeSession({}), IsOk());
  const auto careful = TokenClient::Create({.server_address = address});
  ASSERT_THAT(careful, IsOk());
  EXPECT_THAT((*careful)->InitializeSession({}), StatusIs(Code::kUnavailable));
}

TEST_F(TokenServerTest, AnOldConnectionIsGivenUpAndCallsGoOn) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) peer.Send(HttpAnswerText(200, R"({"sessionId":"ses_A"})"));
  });
  TokenServerOptions options = OptionsFor(upstream.url());
  options.max_connection_age = absl::Seconds(1);
  const auto server = Start(options);
  ASSERT_THAT(server, IsOk());
  const auto channel = grpc::CreateChannel(absl::StrCat("127.0.0.1:", (*server)->port()),
                                           grpc::InsecureChannelCredentials());
  TokenClient client(channel, absl::Seconds(60));
  EXPECT_THAT(client.InitializeSession({}), IsOk());
  while (channel->GetState(false) == GRPC_CHANNEL_READY) std::this_thread::yield();
  EXPECT_THAT(client.InitializeSession({}), IsOk());
}

TEST_F(TokenServerTest, ANewCertificateIsTakenAndABadPairIsNot) {
  const Certificate first("localhost");
  const Certificate second("localhost");
  const TempFolder folder;
  const TlsFiles files = {folder.path() + "/cert.pem", folder.path() + "/key.pem"};
  const auto put = [](const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  };
  put(first.cert_file(), files.cert_file);
  put(first.key_file(), files.key_file);
  TokenServerOptions options = OptionsFor("http://127.0.0.1:1");
  options.tls.files = files;
  options.tls.reload_interval = absl::Milliseconds(5);
  const auto server = Start(options);
  ASSERT_THAT(server, IsOk());
  const auto trusts = [&](const Certificate& certificate) {
    const auto client =
        TokenClient::Create({.server_address = absl::StrCat("localhost:", (*server)->port()),
                             .tls = true,
                             .ca_file = certificate.cert_file()});
    EXPECT_THAT(client, IsOk());
    return (*client)->CheckHealth(absl::Seconds(60)).ok();
  };
  EXPECT_TRUE(trusts(first));
  EXPECT_FALSE(trusts(second));
  put(second.cert_file(), files.cert_file);  // whose key is another
  EXPECT_TRUE(trusts(first));
  put(second.key_file(), files.key_file);
  while (!trusts(second)) std::this_thread::yield();
  EXPECT_FALSE(trusts(first));
}

TEST_F(TokenServerTest, NewAuthoritiesOfClientsAreTakenAndBadOnesAreNot) {
  const Certificate certificate("localhost");
  const Certificate first("first");
  const Certificate second("second");
  const TempFolder folder;
  TokenServerOptions options = OptionsFor("http://127.0.0.1:1");
  options.tls.files = {certificate.cert_file(), certificate.key_file()};
  options.tls.client_ca_file = folder.Write("ca.pem", *ReadFile(first.cert_file()));
  options.tls.require_client_cert = true;
  options.tls.reload_interval = absl::Milliseconds(5);
  const auto server = Start(options);
  ASSERT_THAT(server, IsOk());
  const auto lets_in = [&](const Certificate& client_certificate) {
    const auto client =
        TokenClient::Create({.server_address = absl::StrCat("localhost:", (*server)->port()),
                             .tls = true,
                             .ca_file = certificate.cert_file(),
                             .cert_file = client_certificate.cert_file(),
                             .key_file = client_certificate.key_file()});
    EXPECT_THAT(client, IsOk());
    return (*client)->CheckHealth(absl::Seconds(60)).ok();
  };
  EXPECT_TRUE(lets_in(first));
  EXPECT_FALSE(lets_in(second));
  folder.Write("ca.pem", "no certificate");
  EXPECT_TRUE(lets_in(first));
  folder.Write("ca.pem", *ReadFile(second.cert_file()));
  while (!lets_in(second)) std::this_thread::yield();
  EXPECT_FALSE(lets_in(first));
}

TEST_F(TokenServerTest, AClientRefusesAServerOfAnotherName) {
  const Certificate certificate("other.example");
  const Certificate mine("mine");
  TokenServerOptions options = OptionsFor("http://127.0.0.1:1");
  options.tls.files = {certificate.cert_file(), certificate.key_file()};
  const auto server = Start(options);
  ASSERT_THAT(server, IsOk());
  for (const bool with_certificate : {false, true}) {
    TokenClientOptions client_options = {
        .server_address = absl::StrCat("localhost:", (*server)->port()),
        .tls = true,
        .ca_file = certificate.cert_file()};
    if (with_certificate) {
      client_options.cert_file = mine.cert_file();
      client_options.key_file = mine.key_file();
    }
    const auto client = TokenClient::Create(client_options);
    ASSERT_THAT(client, IsOk());
    EXPECT_THAT((*client)->CheckHealth(absl::Seconds(60)), StatusIs(Code::kUnavailable));
  }
}

TEST_F(TokenServerTest, AClientTakesItsNewCertificate) {
  const Certificate certificate("localhost");
  const Certificate bad("bad");
  const Certificate good("good");
  const TempFolder folder;
  TokenServerOptions options = OptionsFor("http://127.0.0.1:1");
  options.tls.files = {certificate.cert_file(), certificate.key_file()};
  options.tls.client_ca_file = good.cert_file();
  const auto server = Start(options);
  ASSERT_THAT(server, IsOk());
  const auto client =
      TokenClient::Create({.server_address = absl::StrCat("localhost:", (*server)->port()),
                           .tls = true,
                           .ca_file = certificate.cert_file(),
                           .cert_file = folder.Write("cert.pem", *ReadFile(bad.cert_file())),
                           .key_file = folder.Write("key.pem", *ReadFile(bad.key_file()))});
  ASSERT_THAT(client, IsOk());
  EXPECT_THAT((*client)->CheckHealth(absl::Seconds(60)), StatusIs(Code::kUnavailable));
  folder.Write("cert.pem", *ReadFile(good.cert_file()));
  folder.Write("key.pem", *ReadFile(good.key_file()));
  while (!(*client)->CheckHealth(absl::Seconds(60)).ok()) std::this_thread::yield();
}

TEST_F(TokenServerTest, NamesEveryMistakeAboutClientCertificates) {
  TokenServerOptions options = OptionsFor("http://127.0.0.1:1");
  options.tls.client_ca_file = "/nonexistent.pem";
  options.trusted_gateways = {"gateway.example"};
  EXPECT_THAT(Start(options),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("needs grpc_tls_cert_file"), HasSubstr("'/nonexistent.pem'"),
                             HasSubstr("trusted_gateways: 'gateway.example'"))));
  options.tls.client_ca_file = "";
  options.tls.require_client_cert = true;
  options.trusted_gateways = {"dns:gateway.example"};
  EXPECT_THAT(Start(options), StatusIs(Code::kInvalidArgument,
                                       AllOf(HasSubstr("grpc_tls_require_client_cert needs"),
                                             HasSubstr("known by their certificates"))));
}

TEST_F(TokenServerTest, APairThatDoesNotMatchIsNamedAtStart) {
  const Certificate one("localhost");
  const Certificate other("localhost");
  TokenServerOptions options = OptionsFor("http://127.0.0.1:1");
  options.tls.files = {one.cert_file(), other.key_file()};
  EXPECT_THAT(Start(options), StatusIs(Code::kInvalidArgument, HasSubstr("is not that of")));
}

}  // namespace
}  // namespace openvidu::token
