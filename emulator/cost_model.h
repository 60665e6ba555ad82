#ifndef EMULATOR_COST_MODEL_H_
#define EMULATOR_COST_MODEL_H_

#include <condition_variable>
#include <deque>
#include <mutex>

#include "absl/time/time.h"

namespace openvidu::emulator {

/// Makes authenticated requests as slow as the real server's, which hashes the password each time:
/// about 65 ms of CPU, whatever the endpoint (openvidu-rest.md §6). Thread-safe.
class CostModel {
 public:
  /// Sets what each request costs from now on. Without a limit (`concurrency` 0) the cost is burnt
  /// as CPU time of the caller. With one, that many requests at once each hold a slot for the time,
  /// first come, first served; that is as slow for the client and leaves the machine free.
  void Set(absl::Duration cost, int concurrency);

  /// Pays for one request.
  void Charge();

  /// Lets everybody pass free from now on, also those who wait.
  void Stop();

 private:
  bool IsFree() const;
  void WakeNext();

  std::mutex mutex_;
  std::condition_variable stopped_;
  std::deque<std::condition_variable*> waiting_;  ///< One for each, for thousands may wait.
  absl::Duration cost_;
  int concurrency_ = 0;
  bool is_stopped_ = false;
  int running_ = 0;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_COST_MODEL_H_
