#include "net/reactor.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <latch>
#include <mutex>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace openvidu::token {

absl::StatusOr<std::unique_ptr<Reactor>> Reactor::Start(const std::string& name) {
  std::unique_ptr<Reactor> reactor(
      new Reactor(epoll_create1(EPOLL_CLOEXEC), eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)));
  epoll_event wake{};
  wake.events = EPOLLIN | EPOLLET;  // with the edge, its counter never has to be read
  if (reactor->epoll_fd_ < 0 || reactor->wake_fd_ < 0 ||
      epoll_ctl(reactor->epoll_fd_, EPOLL_CTL_ADD, reactor->wake_fd_, &wake) != 0) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot use epoll: ", std::strerror(errno)));
  }
  try {
    // Under the lock, so that the thread sees its own id in thread_.
    const std::lock_guard<std::mutex> lock(reactor->mutex_);
    reactor->thread_ = std::thread([self = reactor.get(), name] {
      pthread_setname_np(pthread_self(), name.c_str());
      { const std::lock_guard<std::mutex> started(self->mutex_); }
      self->Loop();
    });
  } catch (const std::system_error&) {
    return absl::ResourceExhaustedError("cannot start a reactor's thread");
  }
  return reactor;
}

Reactor::Reactor(int epoll_fd, int wake_fd)
    : epoll_fd_(epoll_fd),
      wake_fd_(wake_fd),
      now_(Clock::now()),
      events_(std::make_unique<std::array<epoll_event, kEvents>>()) {}

Reactor::~Reactor() {
  if (thread_.joinable()) {
    ending_ = true;
    Wake();
    thread_.join();
  }
  // What is destroyed may post more, such as a reply that nobody gave.
  timers_.clear();
  for (std::vector<Task> left; tasks_.swap(left), !left.empty();) left.clear();
  for (const int fd : {epoll_fd_, wake_fd_}) {
    if (fd >= 0) close(fd);
  }
}

void Reactor::Wake() { eventfd_write(wake_fd_, 1); }

void Reactor::Post(Task task) {
  bool wake = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
    wake = std::exchange(sleeping_, false);
  }
  if (wake) Wake();
}

void Reactor::Run(Task task) {
  if (IsCurrent()) {
    task();
  } else {
    Post(std::move(task));
  }
}

void Reactor::RunAndWait(Task task) {
  std::latch done{1};
  Run([&] {
    task();
    done.count_down();
  });
  done.wait();
}

bool Reactor::Watch(int fd, uint32_t events, Source* source) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = source;
  return epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Reactor::Unwatch(int fd, Source* source) {
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
  Forget(source);
}

void Reactor::Forget(Source* source) {
  for (int i = event_; i < events_end_; ++i) {
    if ((*events_)[static_cast<size_t>(i)].data.ptr == source) {
      (*events_)[static_cast<size_t>(i)].data.ptr = nullptr;
    }
  }
  std::replace(turn_end_.begin(), turn_end_.end(), source, static_cast<Source*>(nullptr));
}

Reactor::Timer Reactor::RunAt(Clock::time_point time, Task task) {
  const Timer timer(time, next_timer_++);
  timers_.emplace(timer, std::move(task));
  return timer;
}

void Reactor::Loop() {
  while (!ending_) {
    event_ = 0;
    events_end_ = std::max(0, epoll_wait(epoll_fd_, events_->data(), kEvents, TimeoutMs()));
    now_ = Clock::now();
    while (event_ < events_end_) {
      const epoll_event& event = (*events_)[static_cast<size_t>(event_++)];
      auto* const source = static_cast<Source*>(event.data.ptr);
      if (source != nullptr) source->OnEvents(event.events);  // null: the wake-up, or unwatched
    }
    RunTimers();
    RunTasks();
    EndTurn();
  }
}

void Reactor::EndTurn() {
  for (size_t i = 0; i < turn_end_.size(); ++i) {  // which may grow
    if (turn_end_[i] != nullptr) turn_end_[i]->OnTurnEnd();
  }
  turn_end_.clear();
}

void Reactor::RunTasks() {
  std::vector<Task> tasks;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks.swap(tasks_);
    sleeping_ = false;
  }
  for (Task& task : tasks) task();
}

void Reactor::RunTimers() {
  while (!timers_.empty() && timers_.begin()->first.first <= now_) {
    const auto due = timers_.extract(timers_.begin());
    due.mapped()();
  }
}

int Reactor::TimeoutMs() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    sleeping_ = tasks_.empty();
    if (!sleeping_) return 0;
  }
  if (timers_.empty()) return -1;
  // Rounded up, so that the last millisecond is not spent spinning.
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first.first - Clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

}  // namespace openvidu::token
