// What ends a request before its answer: its client, the time that the client gives, or a stop.
#include <gmock/gmock.h>

#include <latch>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "gateway/gateway_server.h"
#include "server/token_server.h"
#include "tests/http/raw_client.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string Post(absl::string_view header = "") {
  return absl::StrCat("POST /api/sessions HTTP/1.1\r\nHost: h\r\n", header,
                      "Content-Length: 0\r\n\r\n");
}

/// A gateway whose server has one connection to an OpenVidu that leaves the first request without
/// an answer; within a process or over gRPC.
class GatewayCancelTest : public testing::TestWithParam<bool> {
 protected:
  GatewayCancelTest() {
    TokenServerOptions server_options;
    server_options.listen_address = "127.0.0.1:0";
    server_options.openvidu.url = upstream_.url();
    server_options.openvidu.secret = "MY_SECRET";
    server_options.openvidu.max_connections = 1;
    auto server = TokenServer::Start(server_options, *reactor_);
    EXPECT_THAT(server, IsOk());
    server_ = *std::move(server);
    auto client =
        GetParam()
            ? std::make_unique<TokenClient>(server_->service(), TokenClient::HealthCheck(),
                                            absl::Hours(1))
            : *TokenClient::Create({.server_address = absl::StrCat("127.0.0.1:", server_->port()),
                                    .timeout = absl::Hours(1)});
    GatewayOptions options;
    options.http.listen_address = "127.0.0.1:0";
    auto gateway = GatewayServer::Start(options, std::move(client), *reactor_);
    EXPECT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
  }

  std::latch arrived_{1};
  ScriptedUpstream upstream_{[this](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) {
      if (arrived_.try_wait()) {
        peer.Send(HttpAnswerText(200, R"({"sessionId":"ses_A"})"));
      } else {
        arrived_.count_down();
      }
    }
  }};
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  std::unique_ptr<TokenServer> server_;
  std::unique_ptr<GatewayServer> gateway_;
};

TEST_P(GatewayCancelTest, AClientThatHasGoneFreesItsPlace) {
  RawClient going(gateway_->port());
  ASSERT_TRUE(going.Send(Post()));
  arrived_.wait();
  going.Reset();
  RawClient next(gateway_->port());
  const auto answer = next.Ask(Post());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "ses_A");
}

TEST_P(GatewayCancelTest, TheTimeThatTheClientGivesEndsTheRequest) {
  RawClient client(gateway_->port());
  const auto answer = client.Ask(Post("Grpc-Timeout: 20m\r\n"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 504);
}

TEST_P(GatewayCancelTest, ATimeThatIsNoneIsNamedAndReachesNobody) {
  RawClient client(gateway_->port());
  const auto answer = client.Ask(Post("grpc-timeout: soon\r\n"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(Json::parse(answer->body)["field"], "Grpc-Timeout");
  EXPECT_TRUE(upstream_.requests().empty());
}

TEST_P(GatewayCancelTest, TheEndOfTheGraceIsAnswered) {
  RawClient client(gateway_->port());
  ASSERT_TRUE(client.Send(Post()));
  arrived_.wait();
  gateway_->Stop(absl::ZeroDuration());
  const auto answer = client.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->Header("connection"), "close");
  EXPECT_EQ(Json::parse(answer->body)["reason"], "UPSTREAM_ANSWER_LOST");
  EXPECT_THAT(answer->body, HasSubstr("may have been carried out"));
}

INSTANTIATE_TEST_SUITE_P(, GatewayCancelTest, testing::Bool(),
                         [](const auto& row) { return row.param ? "Local" : "Grpc"; });

}  // namespace
}  // namespace openvidu::token
