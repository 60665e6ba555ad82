#include "server/openvidu/connection_pool.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace openvidu::token {
namespace {

// A deadline that came sooner says nothing of OpenVidu, only of an impatient caller.
constexpr Reactor::Clock::duration kLongConnect = std::chrono::seconds(1);

}  // namespace

struct ConnectionPool::Ticket {
  enum class Place { kComing, kWaiting, kSent, kDone };
  ConnectionPool* const pool;
  Place place = Place::kComing;
  bool cancelled = false;                    // before it came
  Waiting::iterator waiting;                 // kWaiting
  UpstreamConnection* connection = nullptr;  // kSent
};

ConnectionPool::ConnectionPool(Reactor& reactor, const OpenViduUrl& url, TlsClient* tls,
                               const ConnectionPoolOptions& options)
    : reactor_(reactor),
      url_(url),
      tls_(tls),
      options_(options),
      resolver_(reactor, url.host, url.port),
      circuit_(options.circuit) {}

ConnectionPool::~ConnectionPool() { Close(); }

void ConnectionPool::Close() {
  reactor_.RunAndWait([this] {
    closed_ = true;
    reactor_.Cancel(idle_timer_);
    while (!waiting_.empty()) EndWaiting(waiting_.begin(), TransportFailure::kCancelled);
    while (!busy_.empty()) busy_.begin()->first->Abort();
    idle_.clear();
    connections_.clear();
  });
}

void ConnectionPool::Send(UpstreamRequest sent, const CallContext& context, Done done) {
  Request request;
  request.bytes = std::move(sent.bytes);
  request.harmless_twice = sent.harmless_twice;
  request.done = std::move(done);
  const absl::Duration left =
      std::clamp(context.deadline - absl::Now(), absl::ZeroDuration(), absl::Hours(24));
  request.deadline = Reactor::Clock::now() + absl::ToChronoNanoseconds(left);
  if (context.cancellation != nullptr) {
    request.ticket = std::make_shared<Ticket>(Ticket{this});
    context.cancellation->SetListener(
        [&reactor = reactor_, ticket = std::weak_ptr<Ticket>(request.ticket)] {
          reactor.Post([ticket] {
            const std::shared_ptr<Ticket> live = ticket.lock();
            if (live != nullptr) live->pool->Cancel(*live);
          });
        });
  }
  if (reactor_.IsCurrent()) return Begin(std::move(request));
  reactor_.Post([this, request = std::move(request)]() mutable { Begin(std::move(request)); });
}

void ConnectionPool::Begin(Request request) {
  if (closed_ || (request.ticket != nullptr && request.ticket->cancelled)) {
    if (request.ticket != nullptr) request.ticket->place = Ticket::Place::kDone;
    return request.done({.failure = TransportFailure::kCancelled});
  }
  const Reactor::Clock::time_point now = Reactor::Clock::now();
  if (circuit_.Refuses(now)) {
    return Refuse(std::move(request), TransportFailure::kCircuitOpen, circuit_.TimeToProbe(now));
  }
  // Those that wait already come first.
  if (waiting_.empty() && busy_.size() < options_.max_connections) {
    UpstreamConnection* const connection = TakeConnection(request.harmless_twice);
    return Start(connection, std::move(request));
  }
  if (waiting_.size() >= options_.max_waiting) {
    return Refuse(std::move(request), TransportFailure::kQueueFull, {});
  }
  waiting_.push_back(std::move(request));
  const auto waiting = std::prev(waiting_.end());
  if (waiting->ticket != nullptr) {
    waiting->ticket->place = Ticket::Place::kWaiting;
    waiting->ticket->waiting = waiting;
  }
  waiting->timer = reactor_.RunAt(
      waiting->deadline, [this, waiting] { EndWaiting(waiting, TransportFailure::kBusy); });
}

void ConnectionPool::Start(UpstreamConnection* connection, Request request) {
  if (request.ticket != nullptr) {
    request.ticket->place = Ticket::Place::kSent;
    request.ticket->connection = connection;
  }
  busy_[connection] = {std::move(request.done), std::move(request.ticket), Reactor::Clock::now(),
                       circuit_.OnSend()};
  connection->Send(std::move(request.bytes), request.deadline);
}

void ConnectionPool::Refuse(Request request, TransportFailure failure, absl::Duration retry_after) {
  if (request.ticket != nullptr) request.ticket->place = Ticket::Place::kDone;
  request.done({.failure = failure, .retry_after = retry_after});
}

// What it tells of OpenVidu.
void ConnectionPool::Judge(const Busy& ended, const Exchange& exchange) {
  const Reactor::Clock::time_point now = Reactor::Clock::now();
  switch (exchange.failure) {
    case TransportFailure::kCancelled:
      return circuit_.OnUndecided(ended.probes);
    case TransportFailure::kResolveDeadline:
    case TransportFailure::kConnectDeadline:
      if (now - ended.sent < kLongConnect) return circuit_.OnUndecided(ended.probes);
      return circuit_.OnUnreachable(now, ended.probes);
    case TransportFailure::kResolve:
    case TransportFailure::kConnect:
    case TransportFailure::kTls:
      return circuit_.OnUnreachable(now, ended.probes);
    default:
      return circuit_.OnReached();
  }
}

// The circuit has opened.
void ConnectionPool::RefuseWaiting() {
  for (Request& request : std::exchange(waiting_, {})) {
    reactor_.Cancel(request.timer);
    Refuse(std::move(request), TransportFailure::kCircuitOpen,
           circuit_.TimeToProbe(Reactor::Clock::now()));
  }
}

void ConnectionPool::EndWaiting(Waiting::iterator waiting, TransportFailure failure) {
  Request request = std::move(*waiting);
  waiting_.erase(waiting);
  reactor_.Cancel(request.timer);
  if (request.ticket != nullptr) request.ticket->place = Ticket::Place::kDone;
  request.done({.failure = failure});
}

void ConnectionPool::Cancel(Ticket& ticket) {
  switch (ticket.place) {
    case Ticket::Place::kComing:
      ticket.cancelled = true;
      return;
    case Ticket::Place::kWaiting:
      return EndWaiting(ticket.waiting, TransportFailure::kCancelled);
    case Ticket::Place::kSent:
      return ticket.connection->Abort();
    case Ticket::Place::kDone:
      return;
  }
}

void ConnectionPool::OnExchange(UpstreamConnection* connection, Exchange exchange) {
  auto ended = busy_.extract(connection);
  if (ended.mapped().ticket != nullptr) ended.mapped().ticket->place = Ticket::Place::kDone;
  Judge(ended.mapped(), exchange);
  if (circuit_.Refuses(Reactor::Clock::now())) RefuseWaiting();
  if (!waiting_.empty()) {
    Request next = std::move(waiting_.front());
    waiting_.pop_front();
    reactor_.Cancel(next.timer);
    if (!connection->IsReusable()) {
      Remove(connection);
      connection = AddConnection();
    }
    Start(connection, std::move(next));
  } else if (connection->IsReusable()) {
    idle_.push_back(connection);
    if (idle_timer_ == Reactor::Timer()) CloseOldIdle();
  } else {
    Remove(connection);
  }
  ended.mapped().done(std::move(exchange));
}

void ConnectionPool::OnIdleClosed(UpstreamConnection* connection) {
  std::erase(idle_, connection);
  Remove(connection);
}

// Fewer than the limit are in use.
UpstreamConnection* ConnectionPool::TakeConnection(bool harmless_twice) {
  if (!idle_.empty()) {
    UpstreamConnection* const newest = idle_.back();
    const Reactor::Clock::duration idle = Reactor::Clock::now() - newest->last_used();
    if (harmless_twice || idle <= absl::ToChronoNanoseconds(options_.suspect_after)) {
      idle_.pop_back();
      return newest;
    }
    if (connections_.size() >= options_.max_connections) {
      UpstreamConnection* const oldest = idle_.front();
      idle_.erase(idle_.begin());
      Remove(oldest);
    }
  }
  return AddConnection();
}

UpstreamConnection* ConnectionPool::AddConnection() {
  Owner& owner = *this;
  connections_.push_back(
      std::make_unique<UpstreamConnection>(reactor_, url_, resolver_, tls_, owner));
  return connections_.back().get();
}

// It may be what is running.
void ConnectionPool::Remove(UpstreamConnection* connection) {
  const auto it = std::find_if(connections_.begin(), connections_.end(),
                               [&](const auto& owned) { return owned.get() == connection; });
  reactor_.Post([removed = std::move(*it)] {});
  connections_.erase(it);
}

void ConnectionPool::CloseOldIdle() {
  idle_timer_ = {};
  const Reactor::Clock::duration timeout = absl::ToChronoNanoseconds(options_.idle_timeout);
  while (!idle_.empty() && idle_.front()->last_used() + timeout <= reactor_.now()) {
    UpstreamConnection* const oldest = idle_.front();
    idle_.erase(idle_.begin());
    Remove(oldest);
  }
  if (idle_.empty()) return;
  idle_timer_ = reactor_.RunAt(idle_.front()->last_used() + timeout, [this] { CloseOldIdle(); });
}

}  // namespace openvidu::token
