#include "http/worker_pool.h"

#include <pthread.h>

#include <system_error>
#include <utility>

namespace openvidu::token {

WorkerPool::~WorkerPool() { Join(); }

bool WorkerPool::Submit(std::function<void()> task) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stopping_) return false;
  if (!idle_.empty()) {
    Worker* const worker = idle_.back();
    idle_.pop_back();
    worker->task = std::move(task);
    worker->wake.notify_one();
    return true;
  }
  if (workers_.size() < max_threads_ && StartWorker(&task)) return true;
  // Where not even one thread could be made, nothing would ever empty the queue.
  if (workers_.empty() || queue_.size() >= max_queued_) return false;
  queue_.push_back(std::move(task));
  return true;
}

bool WorkerPool::StartWorker(std::function<void()>* task) {
  auto worker = std::make_unique<Worker>();
  try {
    worker->thread = std::thread(&WorkerPool::Run, this, worker.get());
  } catch (const std::system_error&) {  // the process has no more threads to give
    return false;
  }
  worker->task = std::move(*task);
  workers_.push_back(std::move(worker));
  return true;
}

void WorkerPool::Run(Worker* worker) {
  pthread_setname_np(pthread_self(), "http-worker");
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    std::function<void()> task = std::exchange(worker->task, nullptr);
    if (task == nullptr && !queue_.empty()) {
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    if (task != nullptr) {
      lock.unlock();
      task();
      lock.lock();
      continue;
    }
    if (stopping_) return;
    idle_.push_back(worker);
    worker->wake.wait(lock, [&] { return worker->task != nullptr || stopping_; });
  }
}

void WorkerPool::Join() {
  std::vector<std::unique_ptr<Worker>> workers;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    idle_.clear();
    workers.swap(workers_);
    for (const auto& worker : workers) worker->wake.notify_one();
  }
  for (const auto& worker : workers) worker->thread.join();
}

}  // namespace openvidu::token
