#include "server/openvidu/circuit_breaker.h"

#include <gtest/gtest.h>

namespace openvidu::token {
namespace {

using std::chrono::milliseconds;

constexpr CircuitBreakerOptions kOptions = {.max_failures = 3,
                                            .initial_pause = absl::Milliseconds(100),
                                            .max_pause = absl::Milliseconds(400)};

class CircuitBreakerTest : public testing::Test {
 protected:
  void Fail() { breaker_.OnUnreachable(now_, breaker_.OnSend()); }
  void FailUntilOpen() {
    for (int i = 0; i < kOptions.max_failures; ++i) Fail();
  }

  CircuitBreaker breaker_{kOptions};
  CircuitBreaker::TimePoint now_;
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  Fail();
  Fail();
  breaker_.OnReached();
  Fail();
  Fail();
  EXPECT_FALSE(breaker_.Refuses(now_));
  Fail();
  EXPECT_TRUE(breaker_.Refuses(now_));
  EXPECT_GE(breaker_.TimeToProbe(now_), kOptions.initial_pause / 2);
  EXPECT_LE(breaker_.TimeToProbe(now_), kOptions.initial_pause);
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughAndClosesWhenItArrives) {
  FailUntilOpen();
  now_ += milliseconds(100);
  ASSERT_FALSE(breaker_.Refuses(now_));
  EXPECT_TRUE(breaker_.OnSend());
  EXPECT_TRUE(breaker_.Refuses(now_)) << "one at a time";
  breaker_.OnReached();
  EXPECT_FALSE(breaker_.Refuses(now_));
  EXPECT_FALSE(breaker_.OnSend());
  Fail();
  EXPECT_FALSE(breaker_.Refuses(now_)) << "it counts from the beginning";
}

TEST_F(CircuitBreakerTest, PausesGrowUpToTheirLimitAndBeginAnew) {
  FailUntilOpen();
  for (const int most : {100, 200, 400, 400}) {
    EXPECT_GE(breaker_.TimeToProbe(now_), absl::Milliseconds(most / 2));
    EXPECT_LE(breaker_.TimeToProbe(now_), absl::Milliseconds(most));
    now_ += milliseconds(most);
    ASSERT_FALSE(breaker_.Refuses(now_));
    Fail();
    ASSERT_TRUE(breaker_.Refuses(now_));
  }
  now_ += milliseconds(400);
  breaker_.OnSend();
  breaker_.OnReached();
  FailUntilOpen();
  EXPECT_LE(breaker_.TimeToProbe(now_), absl::Milliseconds(100));
}

TEST_F(CircuitBreakerTest, AProbeThatDecidedNothingIsFollowedByAnother) {
  FailUntilOpen();
  now_ += milliseconds(100);
  breaker_.OnUndecided(breaker_.OnSend());
  EXPECT_FALSE(breaker_.Refuses(now_));
  EXPECT_TRUE(breaker_.OnSend());
}

TEST_F(CircuitBreakerTest, RequestsFromBeforeDoNotProlongThePause) {
  FailUntilOpen();
  const absl::Duration pause = breaker_.TimeToProbe(now_);
  breaker_.OnUnreachable(now_, /*was_probe=*/false);
  breaker_.OnUndecided(/*was_probe=*/false);
  EXPECT_EQ(breaker_.TimeToProbe(now_), pause);
  breaker_.OnReached();
  EXPECT_FALSE(breaker_.Refuses(now_)) << "but one that arrived closes the circuit";
}

}  // namespace
}  // namespace openvidu::token
