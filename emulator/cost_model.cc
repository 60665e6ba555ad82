#include "emulator/cost_model.h"

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
  changed_.notify_all();
}

void CostModel::Stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  is_stopped_ = true;
  changed_.notify_all();
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
  const uint64_t ticket = next_ticket_++;
  changed_.wait(lock, [&] {
    return ticket == now_serving_ && (is_stopped_ || concurrency_ <= 0 || running_ < concurrency_);
  });
  ++now_serving_;
  ++running_;
  changed_.notify_all();
  changed_.wait_for(lock, absl::ToChronoNanoseconds(cost_), [this] { return is_stopped_; });
  --running_;
  changed_.notify_all();
}

}  // namespace openvidu::emulator
