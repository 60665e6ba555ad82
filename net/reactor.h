#ifndef NET_REACTOR_H_
#define NET_REACTOR_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

struct epoll_event;

namespace openvidu::token {

/// One thread that waits for sockets, for times and for tasks from other threads, and runs what
/// waits for them. What it runs must never wait itself. All who share a reactor share its thread
/// and need no locks among each other.
class Reactor {
 public:
  using Clock = std::chrono::steady_clock;
  using Task = absl::AnyInvocable<void()>;

  /// Who waits for a descriptor.
  class Source {
   public:
    virtual ~Source() = default;
    /// `events` are epoll's. The source may unwatch any source, itself too.
    virtual void OnEvents(uint32_t events) = 0;
    /// What RunAtTurnEnd() asked for.
    virtual void OnTurnEnd() {}
  };

  /// A task that waits for its time; for Cancel(). The default one is no timer.
  using Timer = std::pair<Clock::time_point, uint64_t>;

  /// Starts the thread, called `name` (15 characters at most).
  /// Errors: kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<Reactor>> Start(const std::string& name);

  /// Ends the thread. What still waits is destroyed without being run. Not on the reactor's thread.
  ~Reactor();

  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  /// Runs `task` on the reactor's thread, after what it does now. From any thread.
  void Post(Task task);
  /// Runs `task` at once on the reactor's thread, else posts it.
  void Run(Task task);
  /// Runs `task` on the reactor's thread and returns when that is done. Not where the reactor's
  /// thread may be waiting for the caller.
  void RunAndWait(Task task);
  /// Whether this is the reactor's thread.
  bool IsCurrent() const { return std::this_thread::get_id() == thread_.get_id(); }

  // All below on the reactor's thread only.

  /// Tells `source` of `events` on `fd`, edge-triggered where `events` says so. False: no memory.
  bool Watch(int fd, uint32_t events, Source* source);
  /// Ends it, also for events that have come already and for the turn's end.
  void Unwatch(int fd, Source* source);
  /// The same where the descriptor is about to be closed, which spares a system call.
  void Forget(Source* source);

  /// Calls source->OnTurnEnd() once all that this turn brought has been told. For writing: what is
  /// sent in one go wakes a peer once, and each of its wake-ups costs more than the bytes.
  void RunAtTurnEnd(Source* source) { turn_end_.push_back(source); }

  /// Runs `task` at `time` or soon after.
  Timer RunAt(Clock::time_point time, Task task);
  /// Does nothing where the task has run or was cancelled.
  void Cancel(const Timer& timer) { timers_.erase(timer); }

  /// The time when the present turn began; cheap.
  Clock::time_point now() const { return now_; }

 private:
  static constexpr int kEvents = 256;

  Reactor(int epoll_fd, int wake_fd);
  void Loop();
  void RunTasks();
  void RunTimers();
  void EndTurn();
  int TimeoutMs();
  void Wake();

  const int epoll_fd_;
  const int wake_fd_;
  std::thread thread_;

  Clock::time_point now_;
  std::map<Timer, Task> timers_;
  uint64_t next_timer_ = 1;
  std::unique_ptr<std::array<epoll_event, kEvents>> events_;
  std::vector<Source*> turn_end_;  // null: forgotten
  int event_ = 0;                  // of events_, the next to be told
  int events_end_ = 0;

  std::atomic<bool> ending_{false};
  std::mutex mutex_;
  std::vector<Task> tasks_;  // guarded by mutex_
  bool sleeping_ = false;    // nobody has woken the thread yet; guarded by mutex_
};

}  // namespace openvidu::token

#endif  // NET_REACTOR_H_
