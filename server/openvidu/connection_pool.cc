#include "server/openvidu/connection_pool.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace openvidu::token {
namespace {

// A deadline that came sooner says nothing of OpenVidu, only of an impatient caller.
constexpr Reactor::Clock::duration kLongConnect = std::chrono::seconds(1);

// When a request is stuck: after so many latencies, and so long.
constexpr int kStuckLatencies = 4;
constexpr absl::Duration kLeastStuck = absl::Seconds(1);

// For those refused: sooner would be no pause.
constexpr absl::Duration kLeastRetryAfter = absl::Seconds(1);

}  // namespace

struct ConnectionPool::Ticket {
  enum class Place { kComing, kWaiting, kSent, kDone };
  ConnectionPool* const pool;
  Place place = Place::kComing;
  bool cancelled = false;                  // before it came
  Waiting::Place waiting;                  // kWaiting
  ClientConnection* connection = nullptr;  // kSent
};

ConnectionPool::ConnectionPool(Reactor& reactor, const OpenViduUrl& url, TlsClient* tls,
                               const ConnectionPoolOptions& options)
    : reactor_(reactor),
      url_(url),
      tls_(tls),
      options_(options),
      resolver_(reactor, url.host, url.port),
      waiting_(options.waiting),
      limit_({.fixed = options.max_in_flight, .max = static_cast<int>(options.max_connections)}),
      circuit_(options.circuit) {}

ConnectionPool::~ConnectionPool() { Close(); }

void ConnectionPool::Close() {
  reactor_.RunAndWait([this] {
    closed_ = true;
    reactor_.Cancel(idle_timer_);
    reactor_.Cancel(stuck_timer_);
    while (!waiting_.empty()) {
      Refuse(TakeWaiting(waiting_.Next()), TransportFailure::kStopping);
    }
    while (!busy_.empty()) busy_.begin()->first->Stop();
    idle_.clear();
    connections_.clear();
  });
}

void ConnectionPool::Send(UpstreamRequest sent, const CallContext& context, Done done) {
  Request request;
  request.bytes = std::move(sent.bytes);
  request.harmless_twice = sent.harmless_twice;
  request.priority = sent.priority;
  request.persists = context.persists;
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
    return Refuse(std::move(request),
                  closed_ ? TransportFailure::kStopping : TransportFailure::kCancelled);
  }
  const Reactor::Clock::time_point now = Reactor::Clock::now();
  if (circuit_.Refuses(now)) return Refuse(std::move(request), TransportFailure::kCircuitOpen);
  // Those that wait already come first.
  if (waiting_.empty() && MaySend()) return Start(std::move(request));
  Wait(std::move(request), now);
}

void ConnectionPool::Wait(Request request, Reactor::Clock::time_point now) {
  const Reactor::Clock::time_point deadline = request.deadline;
  const std::optional<size_t> lane =
      waiting_.Admit(request.priority, request.persists, now, deadline, service());
  if (!lane.has_value()) return Refuse(std::move(request), TransportFailure::kQueueFull);
  const Waiting::Place place = waiting_.Add(*lane, std::move(request), now, deadline);
  Request& waiting = place.entry->value;
  if (waiting.ticket != nullptr) {
    waiting.ticket->place = Ticket::Place::kWaiting;
    waiting.ticket->waiting = place;
  }
  waiting.timer = reactor_.RunAt(
      deadline, [this, place] { Refuse(TakeWaiting(place), TransportFailure::kBusy); });
  if (stuck_timer_ == Reactor::Timer()) FindStuck();
}

// An exchange may end as it begins, and come back here.
void ConnectionPool::SendWaiting() {
  if (std::exchange(sends_waiting_, true)) return;
  while (!waiting_.empty()) {
    const Reactor::Clock::time_point now = Reactor::Clock::now();
    if (circuit_.Refuses(now)) {
      Refuse(TakeWaiting(waiting_.Next()), TransportFailure::kCircuitOpen);
      continue;
    }
    if (!MaySend()) break;
    Request next = TakeWaiting(waiting_.Next());
    // It would not be answered in time, and cost others theirs.
    if (now + absl::ToChronoNanoseconds(limit_.base_latency()) > next.deadline) {
      Refuse(std::move(next), TransportFailure::kQueueFull);
      continue;
    }
    Start(std::move(next));
  }
  sends_waiting_ = false;
}

bool ConnectionPool::MaySend() const {
  return busy_.size() < options_.max_connections && limit_.MaySend(in_flight_);
}

// A request that takes very much longer than the others costs OpenVidu nothing: it waits for
// something there, such as the end of a session, for up to 15 s. The others need not.
void ConnectionPool::FindStuck() {
  stuck_timer_ = {};
  const Reactor::Clock::duration stuck_after =
      absl::ToChronoNanoseconds(std::max(limit_.latency() * kStuckLatencies, kLeastStuck));
  const Reactor::Clock::time_point now = Reactor::Clock::now();
  std::optional<Reactor::Clock::time_point> next;
  for (auto& [connection, busy] : busy_) {
    if (busy.is_stuck) continue;
    const Reactor::Clock::time_point at = busy.at + stuck_after;
    if (at <= now) {
      busy.is_stuck = true;
      --in_flight_;
    } else if (!next.has_value() || at < *next) {
      next = at;
    }
  }
  SendWaiting();
  if (!waiting_.empty() && next.has_value() && stuck_timer_ == Reactor::Timer()) {
    stuck_timer_ = reactor_.RunAt(*next, [this] { FindStuck(); });
  }
}

UpstreamState ConnectionPool::state() const {
  return {.in_flight = in_flight_,
          .stuck = static_cast<int>(busy_.size()) - in_flight_,
          .limit = limit_.limit(),
          .waiting = waiting_.size(),
          .idle_connections = idle_.size(),
          .circuit_closed = circuit_.state() == CircuitBreaker::State::kClosed,
          .latency = limit_.latency(),
          .base_latency = limit_.base_latency()};
}

ConnectionPool::Waiting::Service ConnectionPool::service() const {
  return {limit_.latency(), limit_.base_latency(), limit_.limit(), in_flight_};
}

void ConnectionPool::Start(Request request) {
  ClientConnection* const connection = TakeConnection(request.harmless_twice);
  if (request.ticket != nullptr) {
    request.ticket->place = Ticket::Place::kSent;
    request.ticket->connection = connection;
  }
  const ConcurrencyLimit::Sent sent = limit_.OnSend(in_flight_++);
  busy_[connection] = {std::move(request.done), std::move(request.ticket), Reactor::Clock::now(),
                       sent, circuit_.OnSend()};
  connection->Send(std::move(request.bytes), request.deadline);
}

// Unsent.
void ConnectionPool::Refuse(Request request, TransportFailure failure) {
  if (request.ticket != nullptr) request.ticket->place = Ticket::Place::kDone;
  Exchange exchange{.failure = failure};
  if (failure == TransportFailure::kCircuitOpen) {
    exchange.retry_after = circuit_.TimeToProbe(Reactor::Clock::now());
  } else if (failure == TransportFailure::kQueueFull) {
    exchange.retry_after = std::max(waiting_.Wait(service()), kLeastRetryAfter);
  }
  request.done(std::move(exchange));
}

ConnectionPool::Request ConnectionPool::TakeWaiting(const Waiting::Place& place) {
  Request request = waiting_.Remove(place);
  reactor_.Cancel(request.timer);
  return request;
}

// What it tells of OpenVidu.
void ConnectionPool::Judge(const Busy& ended, const Exchange& exchange) {
  const Reactor::Clock::time_point now = Reactor::Clock::now();
  if (exchange.failure == TransportFailure::kNone) {
    limit_.OnAnswer(ended.sent, absl::FromChrono(now - ended.at));
  } else if (exchange.failure == TransportFailure::kAnswerDeadline && !ended.is_stuck) {
    limit_.OnNoAnswer();
  }
  switch (exchange.failure) {
    case TransportFailure::kCancelled:
    case TransportFailure::kStopping:
    case TransportFailure::kStoppingSent:
      return circuit_.OnUndecided(ended.probes);
    case TransportFailure::kResolveDeadline:
    case TransportFailure::kConnectDeadline:
      if (now - ended.at < kLongConnect) return circuit_.OnUndecided(ended.probes);
      return circuit_.OnUnreachable(now, ended.probes);
    case TransportFailure::kResolve:
    case TransportFailure::kConnect:
    case TransportFailure::kTls:
      return circuit_.OnUnreachable(now, ended.probes);
    default:
      circuit_.OnReached();
  }
}

void ConnectionPool::Cancel(Ticket& ticket) {
  switch (ticket.place) {
    case Ticket::Place::kComing:
      ticket.cancelled = true;
      return;
    case Ticket::Place::kWaiting:
      return Refuse(TakeWaiting(ticket.waiting), TransportFailure::kCancelled);
    case Ticket::Place::kSent:
      return ticket.connection->Abort();
    case Ticket::Place::kDone:
      return;
  }
}

void ConnectionPool::OnExchange(ClientConnection* connection, Exchange exchange) {
  auto ended = busy_.extract(connection);
  if (ended.mapped().ticket != nullptr) ended.mapped().ticket->place = Ticket::Place::kDone;
  if (!ended.mapped().is_stuck) --in_flight_;
  Judge(ended.mapped(), exchange);
  if (connection->IsReusable()) {
    idle_.push_back(connection);
    if (idle_timer_ == Reactor::Timer()) CloseOldIdle();
  } else {
    Remove(connection);
  }
  SendWaiting();
  ended.mapped().done(std::move(exchange));
}

void ConnectionPool::OnIdleClosed(ClientConnection* connection) {
  std::erase(idle_, connection);
  Remove(connection);
}

// Fewer than the limit are in use.
ClientConnection* ConnectionPool::TakeConnection(bool harmless_twice) {
  if (!idle_.empty()) {
    ClientConnection* const newest = idle_.back();
    const Reactor::Clock::duration idle = Reactor::Clock::now() - newest->last_used();
    if (harmless_twice || idle <= absl::ToChronoNanoseconds(options_.suspect_after)) {
      idle_.pop_back();
      return newest;
    }
    if (connections_.size() >= options_.max_connections) {
      ClientConnection* const oldest = idle_.front();
      idle_.erase(idle_.begin());
      Remove(oldest);
    }
  }
  return AddConnection();
}

ClientConnection* ConnectionPool::AddConnection() {
  Owner& owner = *this;
  connections_.push_back(
      std::make_unique<ClientConnection>(reactor_, url_, resolver_, tls_, owner));
  return connections_.back().get();
}

// It may be what is running.
void ConnectionPool::Remove(ClientConnection* connection) {
  const auto it = std::find_if(connections_.begin(), connections_.end(),
                               [&](const auto& owned) { return owned.get() == connection; });
  reactor_.Post([removed = std::move(*it)] {});
  connections_.erase(it);
}

void ConnectionPool::CloseOldIdle() {
  idle_timer_ = {};
  const Reactor::Clock::duration timeout = absl::ToChronoNanoseconds(options_.idle_timeout);
  while (!idle_.empty() && idle_.front()->last_used() + timeout <= reactor_.now()) {
    ClientConnection* const oldest = idle_.front();
    idle_.erase(idle_.begin());
    Remove(oldest);
  }
  if (idle_.empty()) return;
  idle_timer_ = reactor_.RunAt(idle_.front()->last_used() + timeout, [this] { CloseOldIdle(); });
}

}  // namespace openvidu::token
