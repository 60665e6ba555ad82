#include "emulator/faults.h"

#include <gtest/gtest.h>

namespace openvidu::emulator {
namespace {

HttpRequest To(const char* method, const char* path) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  return request;
}

TEST(FaultPathTest, MatchesExactlyByPrefixAndBySegment) {
  EXPECT_TRUE(PathFits("", "/anything"));
  EXPECT_TRUE(PathFits("/a/b", "/a/b"));
  EXPECT_FALSE(PathFits("/a/b", "/a/b/c"));
  EXPECT_TRUE(PathFits("/a/b*", "/a/b/c"));
  EXPECT_TRUE(PathFits("/a/*", "/a/x/y"));
  EXPECT_FALSE(PathFits("/a/*", "/b/x"));
  EXPECT_TRUE(PathFits("/a/{id}/c", "/a/x/c"));
  EXPECT_FALSE(PathFits("/a/{id}/c", "/a/x/d"));
}

TEST(FaultPlanTest, SkipsAndCounts) {
  FaultPlan plan;
  Fault fault;
  fault.method = "POST";
  fault.path = "/a";
  fault.skip = 1;
  fault.times = 2;
  plan.Add(fault);
  EXPECT_FALSE(plan.Take(To("GET", "/a")).has_value());
  EXPECT_FALSE(plan.Take(To("POST", "/a")).has_value());  // skipped
  EXPECT_TRUE(plan.Take(To("POST", "/a")).has_value());
  EXPECT_TRUE(plan.Take(To("POST", "/a")).has_value());
  EXPECT_FALSE(plan.Take(To("POST", "/a")).has_value());  // used up
}

TEST(FaultPlanTest, ZeroTimesLastsUntilCleared) {
  FaultPlan plan;
  Fault fault;
  fault.times = 0;
  plan.Add(fault);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(plan.Take(To("GET", "/")).has_value());
  plan.Clear();
  EXPECT_FALSE(plan.Take(To("GET", "/")).has_value());
}

}  // namespace
}  // namespace openvidu::emulator
