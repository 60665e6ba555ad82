#include "telemetry/metrics.h"

#include <gmock/gmock.h>
#include <prometheus/counter.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/version.h"
#include "tests/telemetry/sample.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MetricsTest : public testing::Test {
 protected:
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  Metrics metrics_{*reactor_};
};

TEST_F(MetricsTest, ShowsWhatIsCountedAndWhatIsRead) {
  prometheus::BuildCounter()
      .Name("counted_total")
      .Help("Counted.")
      .Register(metrics_.registry())
      .Add({{"a", "b"}})
      .Increment(3);
  double value = 1;
  metrics_.AddSource([&](Readings& readings) {
    EXPECT_TRUE(reactor_->IsCurrent());
    readings.Gauge("read", "Read.", value, {{"x", "y\"\\\n"}});
  });
  EXPECT_EQ(Sample(metrics_.Text(), "counted_total{a=\"b\"}"), 3);
  EXPECT_EQ(Sample(metrics_.Text(), R"(read{x="y\"\\\n"})"), 1);
  value = 2;
  EXPECT_EQ(Sample(metrics_.Text(), R"(read{x="y\"\\\n"})"), 2);
}

TEST_F(MetricsTest, ReadingsOfOneNameAreOneMetric) {
  for (const std::string limit : {"address", "subject"}) {
    metrics_.AddSource([limit](Readings& readings) { AddRateLimited(readings, limit, 1); });
  }
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("# TYPE openvidu_token_rate_limited_total counter\n"
                        "openvidu_token_rate_limited_total{limit=\"address\"} 1\n"
                        "openvidu_token_rate_limited_total{limit=\"subject\"} 1\n"));
}

TEST_F(MetricsTest, WhatHasNotHappenedYetIsNotShown) {
  prometheus::BuildCounter().Name("nothing_total").Help("").Register(metrics_.registry());
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("nothing_total")));
}

TEST_F(MetricsTest, TellsOfTheProcess) {
  std::string text = metrics_.Text();
  EXPECT_NEAR(Sample(text, "process_start_time_seconds"),
              absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()), 3600);
  EXPECT_GT(Sample(text, "process_resident_memory_bytes"), 1 << 20);
  EXPECT_GE(Sample(text, "process_virtual_memory_bytes"),
            Sample(text, "process_resident_memory_bytes"));
  // This one and the reactor's; a sanitizer may have one of its own.
  using Folder = std::filesystem::directory_iterator;
  EXPECT_EQ(Sample(text, "process_threads"), std::distance(Folder("/proc/self/task"), Folder()));
  const double start = Sample(text, "process_start_time_seconds");
  const double open = Sample(text, "process_open_fds");
  const double cpu = Sample(text, "process_cpu_seconds_total");
  EXPECT_GE(Sample(text, "process_max_fds"), open);
  EXPECT_GT(cpu, 0);

  const int fds[] = {dup(STDERR_FILENO), dup(STDERR_FILENO)};
  text = metrics_.Text();
  for (const int fd : fds) close(fd);
  EXPECT_EQ(Sample(text, "process_open_fds"), open + 2);
  EXPECT_EQ(Sample(text, "process_start_time_seconds"), start);
  EXPECT_GT(Sample(text, "process_cpu_seconds_total"), cpu);
  EXPECT_THAT(text, HasSubstr(absl::StrCat("version=\"", TOKEN_VERSION, "\"")));
}

}  // namespace
}  // namespace openvidu::token
