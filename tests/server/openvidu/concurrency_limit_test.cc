#include "server/openvidu/concurrency_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <vector>

namespace openvidu::token {
namespace {

/// An upstream in simulated time: some requests at once, the others first come, first served.
class Simulation {
 public:
  explicit Simulation(const ConcurrencyLimitOptions& options) : limit_(options) {}

  int slots = 2;
  double cost_ms = 65;
  double noise = 0;      ///< A request costs up to this fraction more or less.
  double offered = 1e9;  ///< Requests in flight at most, by the callers.

  /// Runs for a while; returns the requests answered, as a fraction of what the upstream can do.
  double Run(double seconds) {
    const double end = now_ + seconds * 1000;
    const double begun = now_;
    free_.resize(static_cast<size_t>(slots), now_);
    int answered = 0;
    Fill();
    while (!in_flight_.empty() && in_flight_.begin()->first <= end) {
      const auto [at, sent] = *in_flight_.begin();
      in_flight_.erase(in_flight_.begin());
      now_ = at;
      latencies.push_back(now_ - sent.at_ms);
      limit_.OnAnswer(sent.sent, absl::Milliseconds(now_ - sent.at_ms));
      least = std::min(least, limit_.limit());
      most = std::max(most, limit_.limit());
      ++answered;
      Fill();
    }
    now_ = end;
    return answered / ((now_ - begun) * slots / cost_ms);
  }

  void Forget() {
    least = 1 << 30;
    most = 0;
    latencies.clear();
  }

  double Quantile(double q) {
    std::sort(latencies.begin(), latencies.end());
    return latencies[static_cast<size_t>(q * static_cast<double>(latencies.size() - 1))];
  }

  ConcurrencyLimit& limit() { return limit_; }

  int least = 1 << 30;
  int most = 0;
  std::vector<double> latencies;

 private:
  struct Sent {
    ConcurrencyLimit::Sent sent;
    double at_ms;
  };

  void Fill() {
    while (static_cast<double>(in_flight_.size()) < offered &&
           limit_.MaySend(static_cast<int>(in_flight_.size()))) {
      const auto slot = std::min_element(free_.begin(), free_.end());
      const double cost = cost_ms * std::uniform_real_distribution<>(1 - noise, 1 + noise)(random_);
      *slot = std::max(*slot, now_) + cost;
      in_flight_.emplace(*slot, Sent{limit_.OnSend(static_cast<int>(in_flight_.size())), now_});
    }
  }

  ConcurrencyLimit limit_;
  std::mt19937 random_{1};
  double now_ = 0;
  std::vector<double> free_;
  std::multimap<double, Sent> in_flight_;
};

TEST(ConcurrencyLimitTest, OfTwoAtOnceItKeepsThreeInFlightAndTheThroughput) {
  Simulation openvidu({});
  EXPECT_GT(openvidu.Run(10), 0.95);
  openvidu.Forget();
  EXPECT_GT(openvidu.Run(60), 0.98);
  EXPECT_EQ(openvidu.least, 3);
  EXPECT_EQ(openvidu.most, 3);
  EXPECT_LE(openvidu.Quantile(0.99), 2 * 65 + 1);
}

TEST(ConcurrencyLimitTest, FindsTheCapacityOfAnySize) {
  for (const int slots : {1, 2, 3, 4, 8, 16, 40}) {
    Simulation openvidu({});
    openvidu.slots = slots;
    openvidu.Run(10);
    openvidu.Forget();
    EXPECT_GT(openvidu.Run(60), 0.95) << slots;
    EXPECT_GE(openvidu.least, 2) << slots;
    EXPECT_LE(openvidu.most, 1.5 * slots + 2) << slots;
    EXPECT_LE(openvidu.Quantile(0.99), 2.1 * 65) << slots;
  }
}

TEST(ConcurrencyLimitTest, BearsNoise) {
  for (const int slots : {1, 2, 4, 16}) {
    Simulation openvidu({});
    openvidu.slots = slots;
    openvidu.noise = 0.5;
    openvidu.Run(10);
    openvidu.Forget();
    EXPECT_GT(openvidu.Run(60), 0.90) << slots;
    EXPECT_LE(openvidu.most, 2 * slots + 3) << slots;
  }
}

TEST(ConcurrencyLimitTest, FollowsACapacityThatChanges) {
  Simulation openvidu({});
  openvidu.Run(20);
  openvidu.slots = 8;
  openvidu.Run(10);
  EXPECT_GT(openvidu.Run(20), 0.95);
  EXPECT_GE(openvidu.limit().limit(), 8);
  openvidu.cost_ms = 200;
  openvidu.Run(60);
  EXPECT_GT(openvidu.Run(60), 0.95);
  openvidu.cost_ms = 20;
  openvidu.Run(10);
  openvidu.Forget();
  EXPECT_GT(openvidu.Run(20), 0.95);
  EXPECT_LE(openvidu.most, 14);
}

TEST(ConcurrencyLimitTest, WhatIsNotUsedDoesNotGrow) {
  Simulation openvidu({});
  openvidu.slots = 16;
  openvidu.offered = 3;
  openvidu.Run(60);
  EXPECT_LE(openvidu.limit().limit(), 5);
  EXPECT_EQ(openvidu.Quantile(0.99), 65);
}

TEST(ConcurrencyLimitTest, AnUpstreamThatTakesNoTimeGetsAllThatIsAllowed) {
  Simulation openvidu({.max = 64});
  openvidu.slots = 1;
  openvidu.cost_ms = 0.05;
  openvidu.Run(10);
  EXPECT_EQ(openvidu.limit().limit(), 64);
}

TEST(ConcurrencyLimitTest, WithoutAnswersItFallsToItsLeast) {
  Simulation openvidu({});
  openvidu.slots = 16;
  openvidu.Run(10);
  for (int i = 0; i < 100; ++i) openvidu.limit().OnNoAnswer();
  EXPECT_EQ(openvidu.limit().limit(), 2);
}

TEST(ConcurrencyLimitTest, StaysBelowItsMost) {
  Simulation openvidu({.max = 5});
  openvidu.slots = 16;
  openvidu.Run(10);
  EXPECT_EQ(openvidu.limit().limit(), 5);
  EXPECT_EQ(ConcurrencyLimit({.max = 1}).limit(), 1);
}

TEST(ConcurrencyLimitTest, WhatIsFixedStays) {
  Simulation openvidu({.fixed = 7});
  openvidu.Run(10);
  EXPECT_EQ(openvidu.limit().limit(), 7);
  EXPECT_TRUE(openvidu.limit().MaySend(6));
  EXPECT_FALSE(openvidu.limit().MaySend(7));
  EXPECT_EQ(openvidu.limit().base_latency() > absl::ZeroDuration(), true);
}

}  // namespace
}  // namespace openvidu::token
