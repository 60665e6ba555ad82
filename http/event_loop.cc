#include "http/event_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

constexpr size_t kScratchBytes = size_t{16} << 10;
constexpr int kEvents = 256;
constexpr std::chrono::seconds kLingerTimeout{2};
// A worker that leaves nothing to do does not wake the loop; it is seen by the next turn, then at
// the latest.
constexpr std::chrono::seconds kBusyTurn{1};

std::chrono::steady_clock::duration ToSteady(absl::Duration duration) {
  return absl::ToChronoNanoseconds(std::min(duration, absl::Hours(24 * 365)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create(const HttpServerOptions& options,
                                                             const HttpCallbacks& callbacks,
                                                             const Listener& listener,
                                                             Responder* responder,
                                                             WorkerPool* workers) {
  std::unique_ptr<EventLoop> loop(new EventLoop(options, callbacks, listener, responder, workers));
  epoll_event wake{};
  wake.events = EPOLLIN | EPOLLET;  // with the edge, its counter never has to be read
  if (loop->epoll_fd_ < 0 || loop->wake_fd_ < 0 ||
      epoll_ctl(loop->epoll_fd_, EPOLL_CTL_ADD, loop->wake_fd_, &wake) != 0) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot use epoll: ", std::strerror(errno)));
  }
  loop->ListenAgain();
  return loop;
}

EventLoop::EventLoop(const HttpServerOptions& options, const HttpCallbacks& callbacks,
                     const Listener& listener, Responder* responder, WorkerPool* workers)
    : options_(options),
      callbacks_(callbacks),
      responder_(responder),
      workers_(workers),
      listener_fd_(listener.fd),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      scratch_(kScratchBytes, '\0'),
      now_(Clock::now()) {
  const auto set = [this](Phase phase, Clock::duration timeout) {
    timeouts_[static_cast<size_t>(phase)] = timeout;
  };
  timeouts_.fill(Clock::duration::zero());
  set(Phase::kIdle, ToSteady(options.idle_timeout));
  set(Phase::kHead, ToSteady(options.head_timeout));
  set(Phase::kBody, ToSteady(options.body_timeout));
  set(Phase::kWrite, ToSteady(options.write_timeout));
  set(Phase::kLinger, kLingerTimeout);
}

EventLoop::~EventLoop() {
  for (const int fd : {listener_fd_, epoll_fd_, wake_fd_}) {
    if (fd >= 0) close(fd);
  }
}

void EventLoop::Run() {
  std::array<epoll_event, kEvents> events;
  while (!Drained()) {
    const int count = epoll_wait(epoll_fd_, events.data(), kEvents, TimeoutMs());
    now_ = Clock::now();
    // First what workers have done: a client that has its answer may have sent the next request.
    FinishServed();
    bool accept = false;
    for (int i = 0; i < count; ++i) {
      void* const source = events[i].data.ptr;
      if (source == this) {
        accept = true;
      } else if (source != nullptr) {
        OnEvent(static_cast<Connection*>(source), events[i].events);
      }
    }
    if (accept && accepting_) Accept();
    RunUnfinished();
    Expire();
    InPhase(Phase::kClosed).clear();
  }
}

void EventLoop::Stop(absl::Duration grace) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    grace_ = ToSteady(std::max(grace, absl::ZeroDuration()));
  }
  Wake();
}

void EventLoop::Wake() { eventfd_write(wake_fd_, 1); }

void EventLoop::FinishServed() {
  std::vector<Connection*> served;
  bool stopping = false;
  served_unseen_ = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    served.swap(served_);
    woken_ = false;
    stopping = stopping_;
    if (stopping && !draining_) drain_deadline_ = now_ + grace_;
  }
  for (Connection* const connection : served) {
    if (connection->broken) {
      Close(connection);
      continue;
    }
    Flush(connection);
    if (IsReading(connection->phase)) Pump(connection);
  }
  if (stopping) Drain();
}

void EventLoop::RunUnfinished() {
  for (Connection* const connection : std::exchange(unfinished_, {})) {
    connection->runs_again = false;
    if (IsReading(connection->phase)) {
      Pump(connection);
    } else if (connection->phase == Phase::kLinger) {
      DropInput(connection);
    }
  }
}

void EventLoop::Expire() {
  const auto expired = [this](Phase phase) -> Connection* {
    std::list<Connection>& list = InPhase(phase);
    return list.empty() || list.front().deadline > now_ ? nullptr : &list.front();
  };
  while (Connection* const connection = expired(Phase::kHead)) {
    Fail(connection, 408, "The request's head took too long.");
  }
  while (Connection* const connection = expired(Phase::kBody)) {
    Fail(connection, 408, "The request's body took too long.");
  }
  for (const Phase phase : {Phase::kIdle, Phase::kWrite, Phase::kLinger}) {
    while (Connection* const connection = expired(phase)) Close(connection);
  }
  if (!accepting_ && listener_fd_ >= 0 && accept_again_ <= now_) ListenAgain();
}

void EventLoop::Drain() {
  if (!draining_) {
    draining_ = true;
    responder_->CloseFromNowOn();
    while (accepting_ && Accept()) {  // closing resets what still waits in the backlog
    }
    close(std::exchange(listener_fd_, -1));
    accepting_ = false;
  }
  std::list<Connection>& idle = InPhase(Phase::kIdle);
  for (auto it = idle.begin(); it != idle.end();) {
    Connection* const connection = &*it++;
    connection->readable = true;  // a request may have arrived that its event does not tell of yet
    Pump(connection);
    if (connection->phase == Phase::kIdle) Close(connection);
  }
  if (now_ < drain_deadline_) return;
  abandoning_ = true;
  for (const Phase phase :
       {Phase::kIdle, Phase::kHead, Phase::kBody, Phase::kWrite, Phase::kLinger}) {
    while (!InPhase(phase).empty()) Close(&InPhase(phase).front());
  }
}

bool EventLoop::Drained() const {
  return draining_ &&
         std::all_of(phases_.begin(), phases_.end(), [](const auto& list) { return list.empty(); });
}

int EventLoop::TimeoutMs() const {
  if (!unfinished_.empty() || served_unseen_) return 0;
  Clock::time_point wake = Clock::time_point::max();
  for (const Phase phase :
       {Phase::kIdle, Phase::kHead, Phase::kBody, Phase::kWrite, Phase::kLinger}) {
    if (!InPhase(phase).empty()) wake = std::min(wake, InPhase(phase).front().deadline);
  }
  if (!InPhase(Phase::kBusy).empty()) wake = std::min(wake, now_ + kBusyTurn);
  if (!accepting_ && listener_fd_ >= 0) wake = std::min(wake, accept_again_);
  if (draining_ && !abandoning_) wake = std::min(wake, drain_deadline_);
  if (wake == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(wake - Clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

}  // namespace openvidu::token
