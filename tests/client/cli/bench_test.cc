#include "client/cli/bench.h"

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <set>
#include <sstream>

#include "client/cli/report.h"
#include "common/flags.h"
#include "proto/async_token_service.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A service that answers at once; every fourth connection is refused where `refuses`.
class CountingService final : public AsyncTokenService {
 public:
  void InitializeSession(const CallContext&, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse&, Done done) override {
    sessions.insert(request.properties().custom_session_id());
    done(session_status);
  }
  void CreateConnection(const CallContext&, const v1::CreateConnectionRequest& request,
                        v1::CreateConnectionResponse&, Done done) override {
    if (request.session_id() != "room-1") ++elsewhere;
    const int number = ++connections;
    if (on_connection) on_connection(number);
    done(refuses && number % 4 == 0 ? absl::ResourceExhaustedError("much") : absl::OkStatus());
  }
  void JoinSession(const CallContext&, const v1::JoinSessionRequest&, v1::JoinSessionResponse&,
                   Done done) override {
    done(absl::InternalError("nobody asked for it"));
  }

  absl::Status session_status;
  bool refuses = false;
  std::function<void(int)> on_connection;
  std::set<std::string> sessions;
  std::atomic<int> connections = 0;
  std::atomic<int> elsewhere = 0;
};

class BenchTest : public testing::Test {
 protected:
  int Run(BenchOptions options) {
    options.session_id = "room-1";
    TokenClient client(service_, nullptr, absl::Seconds(60));
    Console console{.out = out_, .err = err_, .format = OutputFormat::kJson};
    return RunBench(options, client, end_, console);
  }
  Json Result() const { return Json::parse(out_.str(), nullptr, false); }

  CountingService service_;
  Cancellation end_;
  std::ostringstream out_;
  std::ostringstream err_;
};

constexpr absl::Duration kNoLimit = absl::Hours(1);

TEST_F(BenchTest, AsksForSoManyConnectionsOfOneSession) {
  EXPECT_EQ(Run({.requests = 50, .duration = kNoLimit, .concurrency = 3}), kExitOk);
  EXPECT_EQ(service_.connections, 50);
  EXPECT_EQ(service_.elsewhere, 0);
  EXPECT_EQ(service_.sessions, std::set<std::string>{"room-1"});
  EXPECT_EQ(Result()["calls"], 50);
  EXPECT_EQ(Result()["succeeded"], 50);
  EXPECT_TRUE(Result()["latencyMs"].contains("p99"));
  EXPECT_FALSE(Result().contains("errors"));
  EXPECT_THAT(err_.str(), AllOf(HasSubstr("real connections"), HasSubstr("one session 'room-1'"),
                                HasSubstr("65 ms"), Not(HasSubstr("\r"))));
}

TEST_F(BenchTest, TellsErrorsByTheirCode) {
  service_.refuses = true;
  EXPECT_EQ(Run({.requests = 40, .duration = kNoLimit}), kExitFailure);
  EXPECT_EQ(Result()["failed"], 10);
  EXPECT_EQ(Result()["succeeded"], 30);
  EXPECT_EQ(Result()["errors"], Json({{"RESOURCE_EXHAUSTED", 10}}));
}

TEST_F(BenchTest, EndsEarlyWithWhatItMeasured) {
  service_.on_connection = [this](int number) {
    if (number == 7) end_.Cancel();
  };
  EXPECT_EQ(Run({.requests = 1000, .duration = kNoLimit, .concurrency = 1}), kExitOk);
  EXPECT_EQ(Result()["calls"], 7);
}

TEST_F(BenchTest, WithoutASessionItAsksForNothing) {
  service_.session_status = absl::PermissionDeniedError("no");
  EXPECT_EQ(Run({.duration = kNoLimit}), kExitNotAllowed);
  EXPECT_EQ(service_.connections, 0);
  EXPECT_EQ(out_.str(), "");
}

TEST(BenchOptionsTest, AreBounded) {
  EXPECT_THAT(CheckBenchOptions({}), IsOk());
  EXPECT_THAT(
      CheckBenchOptions({.requests = 100'001, .duration = absl::Minutes(11), .concurrency = 257}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("--requests must be 1 to 100000"),
                     HasSubstr("--seconds must be 1 to 600"),
                     HasSubstr("--concurrency must be 1 to 256"))));
  EXPECT_FALSE(
      CheckBenchOptions({.requests = 0, .duration = absl::ZeroDuration(), .concurrency = 0}).ok());
}

}  // namespace
}  // namespace openvidu::token
