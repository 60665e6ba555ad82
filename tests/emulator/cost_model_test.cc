#include "emulator/cost_model.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/time/clock.h"

namespace openvidu::emulator {
namespace {

absl::Duration TimeOf(CostModel& cost, int callers) {
  const absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) threads.emplace_back([&] { cost.Charge(); });
  for (std::thread& thread : threads) thread.join();
  return absl::Now() - start;
}

TEST(CostModelTest, IsFreeByDefault) {
  CostModel cost;
  EXPECT_LT(TimeOf(cost, 4), absl::Seconds(5));
}

TEST(CostModelTest, BurnsCpuWithoutALimit) {
  CostModel cost;
  cost.Set(absl::Milliseconds(20), 0);
  EXPECT_GE(TimeOf(cost, 1), absl::Milliseconds(20));
}

TEST(CostModelTest, QueuesBehindALimit) {
  CostModel cost;
  cost.Set(absl::Milliseconds(20), 2);
  EXPECT_GE(TimeOf(cost, 6), absl::Milliseconds(60));
}

TEST(CostModelTest, StopFreesThoseWhoWait) {
  CostModel cost;
  cost.Set(absl::Hours(1), 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { cost.Charge(); });
  cost.Stop();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace openvidu::emulator
