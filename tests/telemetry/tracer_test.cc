#include "telemetry/tracer.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/recording_span_sink.h"

namespace openvidu::token {
namespace {

TEST(TracerTest, AChildIsOfItsParentsTraceAndSampledAsThat) {
  RecordingSpanSink sink;
  for (const bool sampled : {true, false}) {
    // Whatever the ratio is.
    const Tracer tracer(sampled ? 0 : 1, sink);
    const TraceContext parent{
        .trace_high = 1, .trace_low = 2, .span = 3, .sampled = sampled, .state = "a=b"};
    const TraceContext child = tracer.Begin(parent);
    EXPECT_EQ(TraceIdOf(child), TraceIdOf(parent));
    EXPECT_EQ(child.parent, 3u);
    EXPECT_NE(child.span, 3u);
    EXPECT_EQ(child.sampled, sampled);
    EXPECT_EQ(child.state, "a=b");
  }
}

TEST(TracerTest, TheFirstOfATraceHasIdsOfItsOwn) {
  RecordingSpanSink sink;
  const Tracer tracer(1, sink);
  std::set<std::string> traces;
  std::set<uint64_t> spans;
  for (int i = 0; i < 1000; ++i) {
    const TraceContext first = tracer.Begin({});
    EXPECT_TRUE(first.exists() && first.sampled);
    EXPECT_EQ(first.parent, 0u);
    traces.insert(TraceIdOf(first));
    spans.insert(first.span);
  }
  EXPECT_EQ(traces.size(), 1000);
  EXPECT_EQ(spans.size(), 1000);
}

TEST(TracerTest, KeepsTheGivenPartOfTheTraces) {
  RecordingSpanSink sink;
  const auto kept = [&sink](double ratio) {
    const Tracer tracer(ratio, sink);
    int count = 0;
    for (int i = 0; i < 10'000; ++i) count += tracer.Begin({}).sampled ? 1 : 0;
    return count;
  };
  EXPECT_EQ(kept(0), 0);
  EXPECT_EQ(kept(1), 10'000);
  // A quarter, more or less ten times the standard deviation of 43.
  EXPECT_NEAR(kept(0.25), 2500, 430);
}

}  // namespace
}  // namespace openvidu::token
