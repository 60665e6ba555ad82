#include "server/openvidu/waiting_queue.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <random>
#include <utility>
#include <vector>

namespace openvidu::token {
namespace {

using std::chrono::milliseconds;
using Queue = WaitingQueue<int>;
using Service = Queue::Service;

constexpr Service kService = {absl::Milliseconds(97), absl::Milliseconds(65), 3};

class WaitingQueueTest : public testing::Test {
 protected:
  /// Lets one come that has a minute; whether it may wait.
  bool Come(int value, Priority priority = Priority::kConnection,
            absl::Duration time = absl::Minutes(1), bool persists = false) {
    const Queue::TimePoint deadline = now_ + absl::ToChronoNanoseconds(time);
    const auto lane = queue_.Admit(priority, persists, now_, deadline, service_);
    if (lane.has_value()) queue_.Add(*lane, value, now_, deadline);
    return lane.has_value();
  }
  int Take() { return queue_.Remove(queue_.Next()); }
  std::vector<int> TakeAll() {
    std::vector<int> all;
    while (!queue_.empty()) all.push_back(Take());
    return all;
  }
  /// Comes often and waits until that is refused.
  void Overload() {
    for (int i = 0; i < 20; ++i) Come(i);
    now_ += milliseconds(200);
    while (Come(-1)) continue;
  }

  Queue queue_{{}};
  Service service_ = kService;
  Queue::TimePoint now_;
};

TEST_F(WaitingQueueTest, ConnectionsGoBeforeSessions) {
  ASSERT_TRUE(Come(1, Priority::kSession));
  ASSERT_TRUE(Come(2, Priority::kSession));
  ASSERT_TRUE(Come(3));
  ASSERT_TRUE(Come(4));
  EXPECT_EQ(queue_.size(), 4);
  EXPECT_EQ(Take(), 3);
  EXPECT_EQ(Take(), 4);
}

TEST_F(WaitingQueueTest, WhoIsOvertakenGetsEveryFourthTurn) {
  Come(0, Priority::kSession);
  for (int i = 1; i <= 5; ++i) Come(i);
  EXPECT_THAT(TakeAll(), testing::ElementsAre(1, 2, 3, 0, 4, 5));
}

TEST_F(WaitingQueueTest, ABurstWaitsInTheOrderOfItsComing) {
  std::vector<int> all;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(Come(i)) << i;
    all.push_back(i);
    now_ += milliseconds(1);
  }
  std::vector<int> taken = TakeAll();
  // The first of the burst were none yet, and others got a turn before them.
  EXPECT_EQ(taken.front(), 0);
  EXPECT_TRUE(std::is_sorted(taken.begin() + 10, taken.end()));
  std::sort(taken.begin(), taken.end());
  EXPECT_EQ(taken, all);
}

TEST_F(WaitingQueueTest, AfterABurstOneMayComeForOneThatGoes) {
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(Come(i));
  for (int i = 0; i < 1000; ++i) {
    now_ += milliseconds(32);
    Take();
    ASSERT_TRUE(Come(100 + i)) << i;
  }
  EXPECT_EQ(queue_.size(), 64);
  EXPECT_FALSE(Come(0)) << "one more than went";
}

TEST_F(WaitingQueueTest, WhereFewerAreInFlightMoreMayWait) {
  service_.in_flight = 3;
  for (int i = 0; i < 13; ++i) ASSERT_TRUE(Come(i));
  for (int i = 0; i < 100; ++i) {
    now_ += milliseconds(32);
    // The limit falls for some time: a call has ended, none is sent, and its caller comes again.
    const int before = std::exchange(service_.in_flight, i / 10 % 2 == 0 ? 3 : 1);
    for (int sent = before - 1; sent < service_.in_flight; ++sent) Take();
    service_.in_flight = std::max(service_.in_flight, before - 1);
    ASSERT_TRUE(Come(100 + i)) << i;
  }
  EXPECT_FALSE(Come(0)) << "one more than went";
}

TEST_F(WaitingQueueTest, WhatIsLeftOfABurstIsNoRoomForALoad) {
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(Come(i));
  for (int i = 0; i < 44; ++i) {
    now_ += milliseconds(32);
    Take();
  }
  // 20 are left, and two come for one that goes.
  while (Come(100) && Come(101)) {
    now_ += milliseconds(32);
    Take();
  }
  EXPECT_LT(queue_.size(), 30);
}

TEST_F(WaitingQueueTest, ABurstIsFollowedByAnotherAsSoonAsItHasGone) {
  for (int burst = 0; burst < 5; ++burst) {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(Come(i)) << i;
    while (!queue_.empty()) {
      now_ += milliseconds(32);
      Take();
    }
  }
}

TEST_F(WaitingQueueTest, ABurstThatDoesNotEndIsOverload) {
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(Come(i));
  for (int i = 0; i < 150; ++i) {
    now_ += milliseconds(32);
    Take();
    ASSERT_TRUE(Come(i)) << i;
  }
  now_ += absl::ToChronoMilliseconds(absl::Seconds(1));
  EXPECT_FALSE(Come(0)) << "the oldest has waited for more than 5 s";
}

TEST_F(WaitingQueueTest, UnderOverloadOnlyAShortWaitIsTakenAndGoesFirst) {
  Overload();
  EXPECT_TRUE(Come(1000, Priority::kConnection, absl::Minutes(1), /*persists=*/true));
  // The first that came, while all was calm, is gone; then there is room for one.
  Take();
  ASSERT_TRUE(Come(2000));
  EXPECT_FALSE(Come(2001));
  EXPECT_EQ(Take(), 2000);
}

TEST_F(WaitingQueueTest, OverloadEndsASecondAfterTheLastLongWait) {
  Overload();
  TakeAll();
  for (int i = 0; i < 3; ++i) Come(i);
  EXPECT_FALSE(Come(3));
  now_ += milliseconds(1100);
  TakeAll();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(Come(i));
}

TEST_F(WaitingQueueTest, WhoCannotMeetItsDeadlineIsRefusedAtOnce) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Come(i));
  EXPECT_FALSE(Come(100, Priority::kConnection, absl::Seconds(3)));
  EXPECT_TRUE(Come(101, Priority::kConnection, absl::Seconds(4)));
  EXPECT_GT(queue_.Wait(service_), absl::Seconds(3));
}

TEST_F(WaitingQueueTest, WhoHasLessTimeThanARequestTakesIsRefusedAtOnce) {
  EXPECT_FALSE(Come(0, Priority::kConnection, absl::Milliseconds(90)));
  EXPECT_TRUE(Come(0, Priority::kConnection, absl::Milliseconds(100)));
}

TEST_F(WaitingQueueTest, IsBounded) {
  Queue queue({.max_waiting = 2});
  const Queue::TimePoint deadline = now_ + std::chrono::hours(1);
  for (const bool admitted : {true, true, false}) {
    const auto lane = queue.Admit(Priority::kConnection, false, now_, deadline, {});
    ASSERT_EQ(lane.has_value(), admitted);
    if (admitted) queue.Add(*lane, 0, now_, deadline);
  }
}

TEST_F(WaitingQueueTest, WhereNothingIsKnownNobodyIsRefused) {
  service_ = {};
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(Come(i));
}

/// Callers who come at random, at `factor` times what an OpenVidu of 2 slots · 65 ms can take.
struct Outcome {
  double p99_ms;
  double goodput;  // of the capacity
  double refused;  // of the calls
};
Outcome Simulate(double factor, double seconds) {
  constexpr int kInFlight = 3;
  constexpr int kSlots = 2;
  constexpr double kCost = 65;
  const auto at = [](double ms) {
    return Queue::TimePoint(std::chrono::microseconds(std::llround(ms * 1000)));
  };
  std::mt19937 random(1);
  std::exponential_distribution<> gap(factor * kSlots / kCost);
  Queue queue({});
  std::vector<double> came;
  std::vector<double> latencies;
  std::vector<double> slots(kSlots, 0);
  std::priority_queue<double, std::vector<double>, std::greater<>> ends;
  int refused = 0;
  const auto send = [&](int call, double now) {
    const auto slot = std::min_element(slots.begin(), slots.end());
    *slot = std::max(*slot, now) + kCost;
    ends.push(*slot);
    latencies.push_back(*slot - came[static_cast<size_t>(call)]);
  };
  for (double now = gap(random); now < seconds * 1000; now += gap(random)) {
    while (!ends.empty() && ends.top() <= now) {
      const double end = ends.top();
      ends.pop();
      if (!queue.empty()) send(queue.Remove(queue.Next()), end);
    }
    const int call = static_cast<int>(came.size());
    came.push_back(now);
    if (ends.size() < kInFlight) {
      send(call, now);
      continue;
    }
    const auto lane =
        queue.Admit(Priority::kConnection, false, at(now), at(now + 20'000), kService);
    if (lane.has_value()) {
      queue.Add(*lane, call, at(now), at(now + 20'000));
    } else {
      ++refused;
    }
  }
  std::sort(latencies.begin(), latencies.end());
  const double count = static_cast<double>(latencies.size());
  return {latencies[static_cast<size_t>(count * 0.99)], count / (seconds * 1000 * kSlots / kCost),
          refused / static_cast<double>(came.size())};
}

TEST(WaitingQueueSimulationTest, UnderFourTimesTheCapacityTheAcceptedAreQuickAndAsManyAsCanBe) {
  const Outcome outcome = Simulate(4, 60);
  EXPECT_LE(outcome.p99_ms, 3 * 65);
  EXPECT_GE(outcome.goodput, 0.97);
  EXPECT_GE(outcome.refused, 0.7);
}

TEST(WaitingQueueSimulationTest, BelowTheCapacityFewAreRefused) {
  EXPECT_EQ(Simulate(0.5, 600).refused, 0);
  EXPECT_LE(Simulate(0.8, 600).refused, 0.02);
  const Outcome full = Simulate(1, 600);
  EXPECT_LE(full.refused, 0.15);
  EXPECT_GE(full.goodput, 0.85);
}

}  // namespace
}  // namespace openvidu::token
