#include "emulator/cost_model.h"

#include <cstdint>
#include <ctime>

namespace openvidu::emulator {
namespace {

absl::Duration ThreadCpuTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return absl::DurationFromTimespec(time);
}

void BurnCpu(absl::Duration cost) {
  const absl::Duration end = ThreadCpuTime() + cost;
  volatile uint64_t sink = 1;
  while (ThreadCpuTime() < end) {
    for (int i = 0; i < 10000; ++i) sink = sink * 6364136223846793005U + 1442695040888963407U;
  }
}

}  // namespace

void CostModel::Set(absl::Duration cost, int concurrency) {
  const std::lock_guard<std::mutex> lock(mutex_);
  cost_ = cost;
  concurrency_ = concurrency;
  WakeNext();
}

void CostModel::Stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  is_stopped_ = true;
  stopped_.notify_all();
  WakeNext();
}

void CostModel::Charge() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (is_stopped_ || cost_ <= absl::ZeroDuration()) return;
  if (concurrency_ <= 0) {
    const absl::Duration cost = cost_;
    lock.unlock();
    BurnCpu(cost);
    return;
  }
  std::condition_variable turn;
  waiting_.push_back(&turn);
  turn.wait(lock, [&] { return waiting_.front() == &turn && IsFree(); });
  waiting_.pop_front();
  ++running_;
  WakeNext();
  stopped_.wait_for(lock, absl::ToChronoNanoseconds(cost_), [this] { return is_stopped_; });
  --running_;
  WakeNext();
}

bool CostModel::IsFree() const {
  return is_stopped_ || concurrency_ <= 0 || running_ < concurrency_;
}

void CostModel::WakeNext() {
  if (!waiting_.empty() && IsFree()) waiting_.front()->notify_one();
}

}  // namespace openvidu::emulator
