#include "common/rate_limiter.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

using std::chrono::milliseconds;

class RateLimiterTest : public testing::Test {
 protected:
  bool Allowed(absl::string_view caller) { return limiter_.Take(caller, now_).allowed; }

  RateLimiter limiter_{{.rate = 10, .burst = 3, .max_callers = 100}};
  RateLimiter::TimePoint now_;
};

TEST_F(RateLimiterTest, AllowsABurstAndThenTheRate) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Allowed("a"));
  EXPECT_FALSE(Allowed("a"));
  for (int i = 0; i < 5; ++i) {
    now_ += milliseconds(99);
    EXPECT_FALSE(Allowed("a"));
    now_ += milliseconds(1);
    EXPECT_TRUE(Allowed("a"));
  }
  now_ += milliseconds(10'000);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Allowed("a"));
  EXPECT_FALSE(Allowed("a"));
}

TEST_F(RateLimiterTest, CallersDoNotShare) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Allowed("a"));
  EXPECT_FALSE(Allowed("a"));
  EXPECT_TRUE(Allowed("b"));
}

TEST_F(RateLimiterTest, TellsWhatIsLeft) {
  RateLimiter::Decision decision = limiter_.Take("a", now_);
  EXPECT_EQ(decision.limit, 3);
  EXPECT_EQ(decision.remaining, 2);
  EXPECT_EQ(decision.reset, absl::Milliseconds(100));
  EXPECT_EQ(decision.retry_after, absl::ZeroDuration());
  limiter_.Take("a", now_);
  limiter_.Take("a", now_);
  now_ += milliseconds(40);
  decision = limiter_.Take("a", now_);
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.remaining, 0);
  EXPECT_EQ(decision.reset, absl::Milliseconds(260));
  EXPECT_EQ(decision.retry_after, absl::Milliseconds(60));
}

TEST_F(RateLimiterTest, RemembersFewAndForgetsWhoIsQuiet) {
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(Allowed(absl::StrCat(i)));
  EXPECT_EQ(limiter_.size(), 100);
  now_ += milliseconds(1000);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter_.Take("a", now_).limit, 3);
  EXPECT_EQ(limiter_.size(), 1);
}

TEST(RateLimiterOffTest, LimitsNothing) {
  RateLimiter limiter({});
  EXPECT_FALSE(limiter.enabled());
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limiter.Take("a", {}).allowed);
  EXPECT_EQ(limiter.size(), 0);
}

}  // namespace
}  // namespace openvidu::token
