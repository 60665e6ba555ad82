#include "http/event_loop.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace openvidu::token {
namespace {

constexpr size_t kScratchBytes = size_t{16} << 10;
// Of those who have sent more than one request: who has just asked comes in between.
constexpr size_t kUnfinishedPerTurn = 16;
constexpr std::chrono::seconds kLingerTimeout{2};

std::chrono::steady_clock::duration ToSteady(absl::Duration duration) {
  return absl::ToChronoNanoseconds(
      std::clamp(duration, absl::ZeroDuration(), absl::Hours(24 * 365)));
}

}  // namespace

EventLoop::EventLoop(const HttpServerOptions& options, const HttpCallbacks& callbacks,
                     const Listener& listener, Reactor& reactor, TlsServer* tls,
                     Responder* responder, WorkerPool* workers)
    : options_(options),
      callbacks_(callbacks),
      reactor_(reactor),
      tls_(tls),
      responder_(responder),
      workers_(workers),
      listener_fd_(listener.fd),
      scratch_(kScratchBytes, '\0') {
  const auto set = [this](Phase phase, Clock::duration timeout) {
    timeouts_[static_cast<size_t>(phase)] = timeout;
  };
  timeouts_.fill(Clock::duration::zero());
  set(Phase::kIdle, ToSteady(options.idle_timeout));
  set(Phase::kHandshake, ToSteady(options.head_timeout));
  set(Phase::kHead, ToSteady(options.head_timeout));
  set(Phase::kBody, ToSteady(options.body_timeout));
  set(Phase::kWrite, ToSteady(options.write_timeout));
  set(Phase::kLinger, kLingerTimeout);
}

EventLoop::~EventLoop() {
  // Tasks of its own may still be posted.
  reactor_.RunAndWait([this] {
    for (const Reactor::Timer& timer : {timer_, fresh_timer_, grace_timer_, listen_timer_})
      reactor_.Cancel(timer);
  });
}

void EventLoop::Stop(absl::Duration grace) {
  reactor_.Post([this, grace] { Drain(ToSteady(grace)); });
  drained_.wait();
}

HttpServerState EventLoop::state() const {
  const auto in = [this](Phase phase) { return phases_[static_cast<size_t>(phase)].size(); };
  HttpServerState state{.idle = in(Phase::kIdle),
                        .handshake = in(Phase::kHandshake),
                        .reading = in(Phase::kHead) + in(Phase::kBody),
                        .busy = in(Phase::kBusy),
                        .writing = in(Phase::kWrite),
                        .lingering = in(Phase::kLinger)};
  if (tls_ != nullptr) state.certificate_expires = tls_->certificate_expires();
  return state;
}

void EventLoop::RunUnfinished() {
  for (size_t left = std::min(unfinished_.size(), kUnfinishedPerTurn); left > 0; --left) {
    Connection* const connection = unfinished_.front();
    unfinished_.pop_front();
    connection->runs_again = false;
    if (IsReading(connection->phase)) {
      Pump(connection);
    } else if (connection->phase == Phase::kLinger) {
      DropInput(connection);
    }
  }
  runs_unfinished_ = !unfinished_.empty();
  if (runs_unfinished_) reactor_.Post([this] { RunUnfinished(); });
}

void EventLoop::ExpireAt(Clock::time_point time) {
  if (timer_ != Reactor::Timer()) {
    if (timer_.first <= time) return;
    reactor_.Cancel(timer_);
  }
  timer_ = reactor_.RunAt(time, [this] { Expire(); });
}

void EventLoop::Expire() {
  timer_ = {};
  const auto expired = [this](Phase phase) -> Connection* {
    std::list<Connection>& list = InPhase(phase);
    return list.empty() || list.front().deadline > reactor_.now() ? nullptr : &list.front();
  };
  while (Connection* const connection = expired(Phase::kHead)) {
    Fail(connection, 408, "The request's head took too long.");
  }
  while (Connection* const connection = expired(Phase::kBody)) {
    Fail(connection, 408, "The request's body took too long.");
  }
  for (const Phase phase : {Phase::kIdle, Phase::kHandshake, Phase::kWrite, Phase::kLinger}) {
    while (Connection* const connection = expired(phase)) Close(connection);
  }
  for (const Phase phase : {Phase::kIdle, Phase::kHandshake, Phase::kHead, Phase::kBody,
                            Phase::kWrite, Phase::kLinger}) {
    if (!InPhase(phase).empty()) ExpireAt(InPhase(phase).front().deadline);
  }
}

void EventLoop::Drain(Clock::duration grace) {
  draining_ = true;
  responder_->CloseFromNowOn();
  while (accepting_ && Accept()) {  // closing resets what still waits in the backlog
  }
  reactor_.Forget(this);
  close(std::exchange(listener_fd_, -1));
  accepting_ = false;
  grace_timer_ = reactor_.RunAt(Clock::now() + grace, [this] { EndGrace(); });

  // Who has just connected could not know, and may have sent a request that is on its way. Who has
  // had an answer is to expect an end.
  std::list<Connection>& idle = InPhase(Phase::kIdle);
  for (auto it = idle.begin(); it != idle.end();) {
    Connection* const connection = &*it++;
    connection->readable = true;  // a request may have arrived that its event does not tell of yet
    Pump(connection);
    if (connection->phase != Phase::kIdle) continue;
    connection->closes_soon = connection->fresh;
    if (!connection->fresh) Close(connection);
  }
  fresh_timer_ = reactor_.RunAt(Clock::now() + ToSteady(options_.first_request_timeout),
                                [this] { CloseFresh(); });
  // Whose handshake is under way may still send a request, as soon as one that has begun must come.
  timeouts_[static_cast<size_t>(Phase::kIdle)] = timeouts_[static_cast<size_t>(Phase::kHead)];
  DeleteClosed();
}

void EventLoop::CloseFresh() {
  std::list<Connection>& idle = InPhase(Phase::kIdle);
  for (auto it = idle.begin(); it != idle.end();) {
    Connection* const connection = &*it++;
    if (connection->closes_soon) Close(connection);
  }
}

// Who waits for an answer shall get one.
void EventLoop::EndGrace() {
  abandoning_ = true;
  for (const Phase phase : {Phase::kIdle, Phase::kHandshake, Phase::kHead, Phase::kBody}) {
    while (!InPhase(phase).empty()) Close(&InPhase(phase).front());
  }
  std::vector<std::shared_ptr<HttpReply::Pending>> pending;  // cancelling may answer at once
  for (const Connection& connection : InPhase(Phase::kBusy)) pending.push_back(connection.pending);
  for (const auto& each : pending) each->cancellation.Cancel();
  grace_timer_ =
      reactor_.RunAt(Clock::now() + ToSteady(options_.last_answers_timeout), [this] { Cut(); });
  DeleteClosed();
}

void EventLoop::Cut() {
  for (const Phase phase :
       {Phase::kIdle, Phase::kHead, Phase::kBody, Phase::kBusy, Phase::kWrite, Phase::kLinger}) {
    while (!InPhase(phase).empty()) Close(&InPhase(phase).front());
  }
  DeleteClosed();
}

void EventLoop::DeleteClosed() {
  deletes_closed_ = false;
  InPhase(Phase::kClosed).clear();
  if (!draining_ || drained_.try_wait()) return;
  const bool empty =
      std::all_of(phases_.begin(), phases_.end(), [](const auto& list) { return list.empty(); });
  if (empty) drained_.count_down();
}

}  // namespace openvidu::token
