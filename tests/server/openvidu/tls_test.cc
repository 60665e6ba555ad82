#include <gmock/gmock.h>
#include <httplib.h>

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/status_details.h"
#include "tests/support/blocking_openvidu_client.h"
#include "tests/support/certificate.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using Code = absl::StatusCode;

/// OpenVidu behind TLS, with a certificate that it signed itself for "localhost".
class TlsTest : public testing::Test {
 protected:
  TlsTest() : certificate_("localhost") {
    server_ = std::make_unique<httplib::SSLServer>(certificate_.cert_file().c_str(),
                                                   certificate_.key_file().c_str());
    server_->Post(
        "/openvidu/api/sessions", [](const httplib::Request&, httplib::Response& response) {
          response.set_content(R"({"id":"ses_A","sessionId":"ses_A"})", "application/json");
        });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }
  ~TlsTest() override {
    server_->stop();
    thread_.join();
  }

  absl::StatusOr<v1::Session> CreateSession(const OpenViduOptions& base, const std::string& host) {
    OpenViduOptions options = base;
    options.url = absl::StrCat("https://", host, ":", port_);
    options.secret = "MY_SECRET";
    auto client = BlockingOpenViduClient::Create(options);
    if (!client.ok()) return client.status();
    absl::StatusOr<v1::Session> session = absl::UnknownError("");
    for (int i = 0; i < 3; ++i) {  // on a new connection and on a kept one
      session = (*client)->CreateSession({absl::Now() + absl::Seconds(60), nullptr}, {});
    }
    return session;
  }

  Certificate certificate_;
  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
  std::thread thread_;
};

TEST_F(TlsTest, ACertificateOfOurOwnAuthorityIsTrusted) {
  OpenViduOptions options;
  options.ca_file = certificate_.cert_file();
  EXPECT_THAT(CreateSession(options, "localhost"), IsOk());
}

TEST_F(TlsTest, AnUnknownAuthorityIsNotTrusted) {
  const auto session = CreateSession({}, "localhost");
  EXPECT_THAT(session, StatusIs(Code::kUnavailable, HasSubstr("self-signed certificate")));
  EXPECT_EQ(ReasonOf(session.status()), "UPSTREAM_UNREACHABLE");
}

TEST_F(TlsTest, ACertificateForAnotherNameIsNotTrusted) {
  OpenViduOptions options;
  options.ca_file = certificate_.cert_file();
  EXPECT_THAT(CreateSession(options, "127.0.0.1"),
              StatusIs(Code::kUnavailable, HasSubstr("mismatch")));
}

TEST_F(TlsTest, VerificationCanBeSwitchedOff) {
  OpenViduOptions options;
  options.insecure_tls = true;
  EXPECT_THAT(CreateSession(options, "127.0.0.1"), IsOk());
}

TEST(TlsFailureTest, APlainServerIsNoTlsServer) {
  ScriptedUpstream plain([](ScriptedUpstream::Peer& peer) {
    peer.Send("HTTP/1.1 400 \r\nContent-Length: 0\r\n\r\n");
    peer.ReadRequest();
  });
  OpenViduOptions options;
  options.url = absl::StrCat("https://127.0.0.1:", plain.port());
  options.secret = "MY_SECRET";
  const auto client = BlockingOpenViduClient::Create(options);
  ASSERT_THAT(client, IsOk());
  const auto session = (*client)->CreateSession({absl::Now() + absl::Seconds(60), nullptr}, {});
  EXPECT_THAT(session, StatusIs(Code::kUnavailable, HasSubstr("TLS")));
  EXPECT_EQ(ReasonOf(session.status()), "UPSTREAM_UNREACHABLE");
}

TEST(TlsFailureTest, TheDeadlineEndsASilentHandshake) {
  ScriptedUpstream silent([](ScriptedUpstream::Peer& peer) { peer.ReadRequest(); });
  OpenViduOptions options;
  options.url = absl::StrCat("https://127.0.0.1:", silent.port());
  options.secret = "MY_SECRET";
  const auto client = BlockingOpenViduClient::Create(options);
  ASSERT_THAT(client, IsOk());
  const auto session =
      (*client)->CreateSession({absl::Now() + absl::Milliseconds(200), nullptr}, {});
  EXPECT_THAT(session, StatusIs(Code::kDeadlineExceeded));
  EXPECT_EQ(ReasonOf(session.status()), "UPSTREAM_UNREACHABLE");
}

}  // namespace
}  // namespace openvidu::token
