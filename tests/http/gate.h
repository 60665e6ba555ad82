#ifndef TESTS_HTTP_GATE_H_
#define TESTS_HTTP_GATE_H_

#include <condition_variable>
#include <mutex>

namespace openvidu::token {

/// Holds threads until so many have come. Stays open then.
class Gate {
 public:
  explicit Gate(int needed) : missing_(needed) {}

  void Arrive() {
    const std::lock_guard<std::mutex> lock(mutex_);
    --missing_;
    opened_.notify_all();
  }
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    opened_.wait(lock, [this] { return missing_ <= 0; });
  }
  void ArriveAndWait() {
    Arrive();
    Wait();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  int missing_;
};

}  // namespace openvidu::token

#endif  // TESTS_HTTP_GATE_H_
