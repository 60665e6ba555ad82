#include "http/event_loop.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace openvidu::token {
namespace {

constexpr size_t kScratchBytes = 16 * 1024;
constexpr int kEvents = 256;
constexpr int kAcceptsPerTurn = 64;
constexpr int kReadsPerTurn = 16;  // of one connection, before the others have their turn

// Over the limit of connections, so many at a time are told so; more are closed without a word.
constexpr size_t kMaxRejected = 256;
// When memory for requests is short, those that hold less than this are still served.
constexpr size_t kSmallRequestBytes = 4 * 1024;

constexpr std::chrono::seconds kLingerTimeout{2};
constexpr size_t kMaxLingerBytes = 8 << 20;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kWarningInterval{10};
// A worker that leaves nothing to do does not wake the loop; it is seen by the next turn, then at
// the latest.
constexpr std::chrono::seconds kBusyTurn{1};

constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::chrono::steady_clock::duration ToSteady(absl::Duration duration) {
  return absl::ToChronoNanoseconds(std::min(duration, absl::Hours(24 * 365)));
}

bool IsReading(Phase phase) {
  return phase == Phase::kIdle || phase == Phase::kHead || phase == Phase::kBody;
}

HttpPeer PeerOf(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    return {text, ntohs(v4.sin_port)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof(text));
  } else {
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
  }
  return {text, ntohs(v6.sin6_port)};
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

// ---- Accepting

bool EventLoop::Accept() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    const int fd = accept4(listener_fd_, reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Add(fd, PeerOf(address));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return false;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      HandleAcceptError(errno);
      return false;
    }  // else it failed before it was accepted, see accept(2); the next one may do better
  }
  return true;
}

void EventLoop::Add(int fd, HttpPeer peer) {
  size_t open = 0;
  for (const auto& list : phases_) open += list.size();
  open -= InPhase(Phase::kClosed).size() + rejected_;
  const bool rejected = open >= options_.max_connections;
  if (rejected && rejected_ >= kMaxRejected) {
    close(fd);
    return;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

  std::list<Connection>& idle = InPhase(Phase::kIdle);
  idle.emplace_back(std::make_unique<TcpTransport>(fd), std::move(peer), &options_.limits);
  Connection* const connection = &idle.back();
  connection->self = std::prev(idle.end());
  connection->rejected = rejected;
  rejected_ += rejected ? 1 : 0;
  MoveTo(connection, Phase::kIdle);

  // Both directions, by the edge, once and for all: no request costs an epoll_ctl.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = connection;
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) {
    Close(connection);
  } else if (rejected) {
    Fail(connection, 503, "The server has too many connections.");
  }
}

// No descriptor or no memory is left. The oldest idle client gives way; where there is none,
// clients wait in the backlog for a moment, since the listening socket would stay readable and the
// loop would spin.
void EventLoop::HandleAcceptError(int error) {
  if (now_ >= next_warning_) {
    LogWarning(absl::StrCat("cannot accept HTTP connections: ", std::strerror(error)));
    next_warning_ = now_ + kWarningInterval;
  }
  if (!InPhase(Phase::kIdle).empty()) {
    Close(&InPhase(Phase::kIdle).front());
    return;
  }
  accepting_ = false;
  accept_again_ = now_ + kAcceptPause;
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, listener_fd_, nullptr);
}

void EventLoop::ListenAgain() {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = this;
  accepting_ = epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, listener_fd_, &event) == 0;
  accept_again_ = now_ + kAcceptPause;
}

// ---- One connection

void EventLoop::OnEvent(Connection* connection, uint32_t events) {
  const uint32_t hang_up = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  const bool input = (events & (EPOLLIN | hang_up)) != 0;
  if (input) connection->readable = true;
  if ((events & hang_up) != 0) connection->hung_up = true;
  if (connection->phase == Phase::kWrite) {
    Flush(connection);
    if (IsReading(connection->phase)) Pump(connection);
  } else if (!input) {
    return;
  } else if (IsReading(connection->phase)) {
    Pump(connection);
  } else if (connection->phase == Phase::kLinger) {
    DropInput(connection);
  } else if (connection->phase == Phase::kBusy) {
    const std::lock_guard<std::mutex> lock(mutex_);
    connection->wakes_loop = true;
    served_unseen_ = !served_.empty();  // it may have been served since this turn began
  }
}

// Reads and serves until nothing more is there or the connection waits for something else than
// input.
void EventLoop::Pump(Connection* connection) {
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    if (connection->reader.has_leftover()) {
      PumpInput(connection, connection->reader.Feed({}));
      if (!IsReading(connection->phase)) return;
      if (connection->phase == Phase::kIdle) continue;  // answered; another one may be behind it
    }
    if (!connection->readable) return Settle(connection);
    const Transport::Result read = connection->transport->Read(scratch_.data(), scratch_.size());
    switch (read.status) {
      case Transport::Status::kOk:
        if (read.drained && !connection->hung_up) connection->readable = false;
        PumpInput(connection,
                  connection->reader.Feed(absl::string_view(scratch_.data(), read.bytes)));
        break;
      case Transport::Status::kWouldBlock:
        connection->readable = false;
        break;
      case Transport::Status::kEnd:
        if (connection->reader.idle()) return Close(connection);
        return Fail(connection, 400, "The request ended early.");
      case Transport::Status::kBroken:
        return Close(connection);
    }
    if (!IsReading(connection->phase)) return;
  }
  RunAgainLater(connection);
}

void EventLoop::PumpInput(Connection* connection, RequestReader::Result result) {
  const RequestReader& reader = connection->reader;
  Count(connection, reader.buffered_bytes());
  if (result == RequestReader::Result::kError) {
    Fail(connection, reader.error_status(), reader.error_detail());
  } else if (buffered_bytes_ > options_.max_buffered_bytes &&
             connection->buffered > kSmallRequestBytes) {
    Fail(connection, 503, "The server holds too many requests.");
  } else if (result == RequestReader::Result::kRequest) {
    Begin(connection);
  } else {
    Settle(connection);
  }
}

// Starts the clock of what the connection waits for now, and lets a waiting client send its body.
void EventLoop::Settle(Connection* connection) {
  const Phase phase = connection->reader.in_body()
                          ? Phase::kBody
                          : (connection->reader.idle() ? Phase::kIdle : Phase::kHead);
  if (phase != connection->phase) MoveTo(connection, phase);
  if (!connection->reader.TakeContinue()) return;
  const Transport::Result written = connection->transport->Write(kContinue);
  // All earlier answers have been taken, so these few bytes go out whole. A client that does not
  // get them sends its body a little later all the same (RFC 9110 10.1.1).
  const bool whole = written.status == Transport::Status::kOk && written.bytes == kContinue.size();
  if (!whole && written.status != Transport::Status::kWouldBlock) Close(connection);
}

void EventLoop::Begin(Connection* connection) {
  connection->request = connection->reader.TakeRequest();
  const HttpRequest& request = connection->request;
  const absl::string_view target = request.target;
  if (callbacks_.runs_inline &&
      callbacks_.runs_inline(request.method, target.substr(0, target.find('?')))) {
    Send(connection, responder_->Respond(std::move(connection->request), connection->peer));
    return;
  }
  connection->sent = 0;
  connection->broken = false;
  // Without these nothing is left to do when the answer is sent, and the loop may sleep on.
  connection->wakes_loop = connection->readable || connection->reader.has_leftover();
  MoveTo(connection, Phase::kBusy);
  if (!workers_->Submit([this, connection] { Serve(connection); })) {
    Send(connection, responder_->RespondError(std::move(connection->request), connection->peer, 503,
                                              "The server is busy."));
  }
}

void EventLoop::Serve(Connection* connection) {
  connection->broken = abandoning_;
  if (!connection->broken) {
    connection->answer = responder_->Respond(std::move(connection->request), connection->peer);
    const Transport::Result written = connection->transport->Write(connection->answer.bytes);
    connection->sent = written.bytes;
    connection->broken = written.status != Transport::Status::kOk &&
                         written.status != Transport::Status::kWouldBlock;
  }
  const bool done = !connection->broken && !connection->answer.close &&
                    connection->sent == connection->answer.bytes.size();
  if (done) std::string().swap(connection->answer.bytes);
  bool wake = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    served_.push_back(connection);
    wake = (!done || connection->wakes_loop || stopping_) && !woken_;
    woken_ = woken_ || wake;
  }  // from here the connection is the loop's again
  if (wake) Wake();
}

void EventLoop::Send(Connection* connection, HttpAnswer answer) {
  connection->answer = std::move(answer);
  connection->sent = 0;
  Flush(connection);
}

void EventLoop::Flush(Connection* connection) {
  while (connection->sent < connection->answer.bytes.size()) {
    const Transport::Result written = connection->transport->Write(
        absl::string_view(connection->answer.bytes).substr(connection->sent));
    if (written.status == Transport::Status::kWouldBlock) {
      if (connection->phase != Phase::kWrite) MoveTo(connection, Phase::kWrite);
      return;
    }
    if (written.status != Transport::Status::kOk) return Close(connection);
    connection->sent += written.bytes;
  }
  std::string().swap(connection->answer.bytes);
  Count(connection, connection->reader.buffered_bytes());
  if (connection->answer.close) {
    Linger(connection);
  } else {
    MoveTo(connection, Phase::kIdle);
  }
}

// Refuses what the connection sends and ends it: where the next request would begin is not known.
void EventLoop::Fail(Connection* connection, int status, absl::string_view detail) {
  HttpRequest request = connection->reader.TakeRequest();
  request.keep_alive = false;
  Send(connection, responder_->RespondError(std::move(request), connection->peer, status, detail));
}

// RFC 9112 9.6: closing while input is unread resets the connection, and the client may lose the
// answer.
void EventLoop::Linger(Connection* connection) {
  connection->transport->ShutdownWrite();
  connection->readable = true;
  MoveTo(connection, Phase::kLinger);
  DropInput(connection);
}

void EventLoop::DropInput(Connection* connection) {
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    const Transport::Result read = connection->transport->Read(scratch_.data(), scratch_.size());
    if (read.status == Transport::Status::kWouldBlock) return;
    connection->lingered += read.bytes;
    if (read.status != Transport::Status::kOk || connection->lingered > kMaxLingerBytes) {
      return Close(connection);
    }
    if (read.drained && !connection->hung_up) return;
  }
  RunAgainLater(connection);
}

void EventLoop::Close(Connection* connection) {
  if (connection->runs_again) std::erase(unfinished_, connection);
  Count(connection, 0);
  rejected_ -= connection->rejected ? 1 : 0;
  connection->transport.reset();
  MoveTo(connection, Phase::kClosed);
}

void EventLoop::MoveTo(Connection* connection, Phase phase) {
  std::list<Connection>& to = InPhase(phase);
  to.splice(to.end(), InPhase(connection->phase), connection->self);
  connection->phase = phase;
  connection->deadline = now_ + timeouts_[static_cast<size_t>(phase)];
}

void EventLoop::RunAgainLater(Connection* connection) {
  if (!std::exchange(connection->runs_again, true)) unfinished_.push_back(connection);
}

void EventLoop::Count(Connection* connection, size_t buffered) {
  buffered_bytes_ = buffered_bytes_ - connection->buffered + buffered;
  connection->buffered = buffered;
}

// ---- All connections

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
