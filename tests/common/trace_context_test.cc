#include "common/trace_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

constexpr char kParent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string StateOf(const std::vector<absl::string_view>& tracestate) {
  return ParseTraceContext({kParent}, tracestate).state;
}

TEST(TraceContextTest, ReadsAndWritesWhatTheStandardHas) {
  const TraceContext trace =
      ParseTraceContext({kParent}, {"congo=t61rcWkgMzE, rojo=00f067aa0ba902b7"});
  EXPECT_TRUE(trace.exists());
  EXPECT_EQ(trace.trace_high, 0x0af7651916cd43ddu);
  EXPECT_EQ(trace.trace_low, 0x8448eb211c80319cu);
  EXPECT_EQ(trace.span, 0xb7ad6b7169203331u);
  EXPECT_TRUE(trace.sampled);
  EXPECT_EQ(trace.state, "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
  EXPECT_EQ(TraceParentOf(trace), kParent);
  EXPECT_EQ(TraceIdOf(trace), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(TraceParentOf({.trace_low = 1, .span = 2}),
            "00-00000000000000000000000000000001-0000000000000002-00");
  EXPECT_EQ(TraceParentOf({}), "");
  EXPECT_EQ(TraceIdOf({}), "");
}

TEST(TraceContextTest, OtherVersionsAndFlags) {
  const std::string rest = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
  EXPECT_FALSE(ParseTraceContext({"00-" + rest + "00"}, {}).sampled);
  EXPECT_TRUE(ParseTraceContext({"00-" + rest + "ff"}, {}).sampled);
  EXPECT_FALSE(ParseTraceContext({"00-" + rest + "02"}, {}).sampled);
  // A later version is read as far as this one goes, and passed on as this one.
  EXPECT_EQ(TraceParentOf(ParseTraceContext({"cc-" + rest + "01-what-the-future"}, {})), kParent);
  EXPECT_EQ(TraceParentOf(ParseTraceContext({"01-" + rest + "01"}, {})), kParent);
}

class NoTraceTest : public testing::TestWithParam<const char*> {};

TEST_P(NoTraceTest, IsIgnoredWhole) {
  const TraceContext trace = ParseTraceContext({GetParam()}, {"a=b"});
  EXPECT_FALSE(trace.exists());
  EXPECT_EQ(trace.state, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, NoTraceTest,
    testing::Values("", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
                    "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x",
                    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
                    "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0100"));

TEST(TraceContextTest, TwoParentsAreNone) {
  EXPECT_FALSE(ParseTraceContext({kParent, kParent}, {}).exists());
  EXPECT_FALSE(ParseTraceContext({}, {"a=b"}).exists());
}

TEST(TraceContextTest, StatesOfTheStandardsForm) {
  EXPECT_EQ(StateOf({"a=1", "b=2"}), "a=1,b=2");
  EXPECT_EQ(StateOf({",a=1, ,\tb=2 ,"}), "a=1,b=2");
  EXPECT_EQ(StateOf({"0tenant@system=x:y z;0", "a_-*/9=!"}), "0tenant@system=x:y z;0,a_-*/9=!");
  const std::string long_value(256, 'v');
  EXPECT_EQ(StateOf({absl::StrCat("a=", long_value)}), absl::StrCat("a=", long_value));
}

TEST(TraceContextTest, OtherStatesAreDroppedWhole) {
  std::string many;
  for (int i = 0; i < 33; ++i) absl::StrAppend(&many, "k", i, "=v,");
  const std::string long_values =
      absl::StrCat("a=", std::string(256, 'v'), ",b=", std::string(256, 'v'));
  const std::string long_value = absl::StrCat("a=", std::string(257, 'v'));
  const std::vector<absl::string_view> rows[] = {
      {"a"},      {"a="},      {"=b"},     {"A=b"},      {"a=b,a=c"},   {"a=b", "a=c"},
      {"a=b=c"},  {"a=b\xff"}, {"a=\x01"}, {"1a=b"},     {"@s=b"},      {"t@=b"},
      {"t@1s=b"}, {"a b=c"},   {many},     {long_value}, {long_values}, {"t@s23456789012345=b"}};
  for (const auto& row : rows) EXPECT_EQ(StateOf(row), "") << row[0];
}

}  // namespace
}  // namespace openvidu::token
