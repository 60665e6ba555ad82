#include "telemetry/loss_metrics.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/telemetry/sample.h"

namespace openvidu::token {
namespace {

constexpr char kAccessLines[] = "openvidu_token_log_lines_dropped_total{log=\"access\"}";
constexpr char kProgramLines[] = "openvidu_token_log_lines_dropped_total{log=\"program\"}";
constexpr char kSpans[] = "openvidu_token_spans_dropped_total";

/// What is shown of where the access log goes to `access_log` and spans to `endpoint`.
class LossMetricsTest : public testing::Test {
 protected:
  void Start(const std::string& access_log, const std::string& endpoint) {
    auto logging = Logging::Start({.access_log = access_log}, *reactor_);
    ASSERT_THAT(logging, IsOk());
    logging_ = *std::move(logging);
    auto tracing = Tracing::Start({.endpoint = endpoint, .program = "test"});
    ASSERT_THAT(tracing, IsOk());
    tracing_ = *std::move(tracing);
    WatchLosses(metrics_, *logging_, *tracing_);
  }

  double Of(const std::string& sample) { return Sample(metrics_.Text(), sample); }

  const TempFolder folder_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  std::unique_ptr<Logging> logging_;
  std::unique_ptr<Tracing> tracing_;
  Metrics metrics_{*reactor_};
};

TEST_F(LossMetricsTest, NothingIsLostWhereAllIsOff) {
  Start("off", "");
  EXPECT_EQ(Of(kAccessLines), 0);
  EXPECT_EQ(Of(kProgramLines), 0);
  EXPECT_EQ(Of(kSpans), 0);
}

TEST_F(LossMetricsTest, CountsTheLinesThatNobodyReads) {
  const std::string path = folder_.path() + "/access";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  Start(path, "");
  AccessLog& log = logging_->access_log();
  while (log.dropped() < 5) log.Write({.door = "grpc", .route = "JoinSession"}, absl::Now());
  EXPECT_EQ(Of(kAccessLines), 5);
  EXPECT_EQ(Of(kProgramLines), 0);

  // To its end, which would otherwise wait for a reader.
  ASSERT_EQ(fcntl(reader, F_SETFL, 0), 0);
  std::thread drain([reader] {
    char bytes[65536];
    while (read(reader, bytes, sizeof(bytes)) > 0) {
    }
  });
  logging_ = nullptr;
  drain.join();
  close(reader);
}

TEST_F(LossMetricsTest, CountsTheSpansThatNoCollectorTakes) {
  Start("off", "http://127.0.0.1:1");
  const Tracer& tracer = *tracing_->tracer();
  while (tracing_->dropped() == 0) tracer.End({.context = tracer.Begin({}), .name = "a"});
  EXPECT_GT(Of(kSpans), 0);
}

}  // namespace
}  // namespace openvidu::token
