#ifndef COMMON_CANCELLATION_H_
#define COMMON_CANCELLATION_H_

#include <functional>
#include <mutex>
#include <utility>

namespace openvidu::token {

/// How a caller tells those who work for it that it has gone. Thread-safe.
class Cancellation {
 public:
  /// Runs the listener, here and now. Once.
  void Cancel() {
    std::function<void()> listener;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (std::exchange(cancelled_, true)) return;
      listener = std::exchange(listener_, nullptr);
    }
    if (listener) listener();
  }

  /// Sets what Cancel() runs, and runs it at once where that was called before.
  void SetListener(std::function<void()> listener) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!cancelled_) {
        listener_ = std::move(listener);
        return;
      }
    }
    listener();
  }

 private:
  std::mutex mutex_;
  bool cancelled_ = false;
  std::function<void()> listener_;
};

}  // namespace openvidu::token

#endif  // COMMON_CANCELLATION_H_
