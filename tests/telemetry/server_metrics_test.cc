#include "server/server_metrics.h"

#include <gmock/gmock.h>

#include <thread>

#include "common/status_details.h"
#include "tests/telemetry/sample.h"

namespace openvidu::token {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Status Denied(const std::string& field) {
  return WithReason(WithField(absl::PermissionDeniedError("no"), field), "POLICY_DENIED");
}

class ServerMetricsTest : public testing::Test {
 protected:
  void TellRpc(const absl::Status& status, RpcMethod method = RpcMethod::kJoinSession) {
    CallContext context;
    observer_.OnStart(method, context);
    observer_.OnEnd(method, context, status, milliseconds(3));
  }

  void TellAttempt(const absl::Status& status, size_t deployment = 0) {
    UpstreamObserver& observer = observer_;
    observer.OnEnd({UpstreamOperation::kCreateConnection, deployment}, {}, status, milliseconds(3));
  }

  double Rpcs(const std::string& name, const std::string& code) {
    const std::string label = code.empty() ? "" : absl::StrCat("grpc_code=\"", code, "\",");
    return Sample(metrics_.Text(),
                  absl::StrCat(name, "{", label,
                               "grpc_method=\"JoinSession\",grpc_service=\"openvidu.token.v1."
                               "TokenService\",grpc_type=\"unary\"}"));
  }

  double Attempts(const std::string& deployment, const std::string& code,
                  const std::string& reason) {
    return Sample(metrics_.Text(),
                  absl::StrCat("openvidu_token_upstream_attempt_seconds_count{code=\"", code,
                               "\",deployment=\"", deployment,
                               "\",operation=\"CreateConnection\",reason=\"", reason, "\"}"));
  }

  double Of(const std::string& sample) { return Sample(metrics_.Text(), sample); }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  Metrics metrics_{*reactor_};
  ServerMetrics observer_{metrics_, {"http://a:1", "http://b:2"}};
};

TEST_F(ServerMetricsTest, CountersAreThereBeforeAnythingHappens) {
  EXPECT_EQ(Rpcs("grpc_server_started_total", ""), 0);
  EXPECT_EQ(Rpcs("grpc_server_handled_total", "Unavailable"), 0);
  EXPECT_EQ(Of("openvidu_token_authentication_failures_total{reason=\"TOKEN_EXPIRED\"}"), 0);
  EXPECT_EQ(Attempts("http://b:2", "OK", ""), 0);
}

TEST_F(ServerMetricsTest, CountsRpcsByMethodAndCode) {
  TellRpc(absl::OkStatus());
  TellRpc(absl::OkStatus());
  TellRpc(absl::UnauthenticatedError("who"));
  TellRpc(absl::OkStatus(), RpcMethod::kCreateConnection);
  EXPECT_EQ(Rpcs("grpc_server_started_total", ""), 3);
  EXPECT_EQ(Rpcs("grpc_server_handled_total", "OK"), 2);
  EXPECT_EQ(Rpcs("grpc_server_handled_total", "Unauthenticated"), 1);
  EXPECT_EQ(Rpcs("grpc_server_handling_seconds_count", "OK"), 2);
  EXPECT_DOUBLE_EQ(Rpcs("grpc_server_handling_seconds_sum", "OK"), 0.006);
  EXPECT_EQ(Rpcs("grpc_server_handling_seconds_count", "Internal"), -1);
}

TEST_F(ServerMetricsTest, CountsFromSeveralThreads) {
  constexpr int kCalls = 1000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < kCalls; ++call) TellRpc(absl::AbortedError(""));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Rpcs("grpc_server_handled_total", "Aborted"), 4 * kCalls);
  EXPECT_EQ(Rpcs("grpc_server_handling_seconds_count", "Aborted"), 4 * kCalls);
}

TEST_F(ServerMetricsTest, CountsAuthenticationFailuresByReason) {
  TellRpc(WithReason(absl::UnauthenticatedError("old"), "TOKEN_EXPIRED"));
  TellRpc(WithReason(absl::UnavailableError("no keys"), "KEYS_UNAVAILABLE"));
  TellRpc(WithReason(absl::UnauthenticatedError("new"), "TOKEN_OF_ANOTHER_KIND"));
  TellRpc(WithReason(absl::UnavailableError("down"), "UPSTREAM_UNREACHABLE"));
  const auto count = [&](const std::string& reason) {
    return Of(
        absl::StrCat("openvidu_token_authentication_failures_total{reason=\"", reason, "\"}"));
  };
  EXPECT_EQ(count("TOKEN_EXPIRED"), 1);
  EXPECT_EQ(count("KEYS_UNAVAILABLE"), 1);
  EXPECT_EQ(count("OTHER"), 1);
  EXPECT_EQ(count("TOKEN_MALFORMED"), 0);
}

TEST_F(ServerMetricsTest, CountsDenialsByThePropertyOfTheContract) {
  for (const std::string field :
       {"role", "role", "kurentoOptions.allowedFilters", "", "hacked", "additionalProperties"}) {
    TellRpc(Denied(field));
  }
  const auto count = [&](const std::string& property) {
    return Of(absl::StrCat("openvidu_token_policy_denials_total{property=\"", property, "\"}"));
  };
  EXPECT_EQ(count("role"), 2);
  EXPECT_EQ(count("kurentoOptions"), 1);
  EXPECT_EQ(count("none"), 1);
  EXPECT_EQ(count("other"), 2);
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("hacked")));
}

TEST_F(ServerMetricsTest, CountsAttemptsByDeploymentAndOutcome) {
  TellAttempt(absl::OkStatus());
  TellAttempt(absl::OkStatus(), 1);
  TellAttempt(absl::OkStatus(), 1);
  TellAttempt(WithReason(absl::ResourceExhaustedError("full"), "UPSTREAM_BUSY"), 1);
  TellAttempt(WithReason(absl::InternalError("?"), "NEW_REASON"));
  EXPECT_EQ(Attempts("http://a:1", "OK", ""), 1);
  EXPECT_EQ(Attempts("http://b:2", "OK", ""), 2);
  EXPECT_EQ(Attempts("http://b:2", "ResourceExhausted", "UPSTREAM_BUSY"), 1);
  EXPECT_EQ(Attempts("http://a:1", "Internal", "OTHER"), 1);
}

}  // namespace
}  // namespace openvidu::token
