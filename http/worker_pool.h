#ifndef HTTP_WORKER_POOL_H_
#define HTTP_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace openvidu::token {

/// Runs tasks that may wait on threads that are made when they are first needed. Thread-safe.
class WorkerPool {
 public:
  /// At most `max_threads` (1 or more) tasks run and at most `max_queued` wait for a thread.
  WorkerPool(size_t max_threads, size_t max_queued)
      : max_threads_(max_threads), max_queued_(max_queued) {}

  /// Calls Join().
  ~WorkerPool();

  /// Runs `task`, which must not throw, now or when a thread is free. Returns false, and drops it,
  /// where neither thread nor room in the queue is to be had or Join() was called.
  bool Submit(std::function<void()> task);

  /// Returns when all tasks taken so far have run and the threads have ended.
  void Join();

 private:
  struct Worker {
    std::condition_variable wake;
    std::function<void()> task;  // handed to it while it is idle
    std::thread thread;
  };

  bool StartWorker(std::function<void()>* task);
  void Run(Worker* worker);

  const size_t max_threads_;
  const size_t max_queued_;
  std::mutex mutex_;  // guards all below
  bool stopping_ = false;
  std::deque<std::function<void()>> queue_;
  std::vector<Worker*>
      idle_;  // the last to fall idle is the first to work: its memory is still cached
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace openvidu::token

#endif  // HTTP_WORKER_POOL_H_
