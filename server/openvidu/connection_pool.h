#ifndef SERVER_OPENVIDU_CONNECTION_POOL_H_
#define SERVER_OPENVIDU_CONNECTION_POOL_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "http/client_connection.h"
#include "net/address_resolver.h"
#include "net/reactor.h"
#include "net/tls_client.h"
#include "server/openvidu/circuit_breaker.h"
#include "server/openvidu/concurrency_limit.h"
#include "server/openvidu/openvidu_client.h"
#include "server/openvidu/openvidu_url.h"
#include "server/openvidu/waiting_queue.h"

namespace openvidu::token {

/// How many connections a pool keeps, and how, and how many requests it lets through.
struct ConnectionPoolOptions {
  size_t max_connections = 64;  ///< And so requests at once.
  int max_in_flight = 0;        ///< Requests at once. 0: see ConcurrencyLimit.
  WaitingQueueOptions waiting;  ///< Of the requests that wait for that; refused: kQueueFull.
  /// An idle connection is closed then.
  absl::Duration idle_timeout = absl::Seconds(45);
  /// A connection that was idle for longer may be closing while a request is on its way to it: such
  /// a request may have been carried out, so that only one that is harmless twice is sent there.
  absl::Duration suspect_after = absl::Seconds(5);
  CircuitBreakerOptions circuit;
};

/// A request and what a pool has to know of it.
struct UpstreamRequest {
  std::string bytes;                          ///< Whole, as it goes on the wire.
  bool harmless_twice = false;                ///< Whether OpenVidu may get it twice.
  Priority priority = Priority::kConnection;  ///< Who goes first, where requests wait.
};

/// Connections to OpenVidu, kept alive between requests, and all that guards it and its callers:
/// how many requests it gets at once (concurrency_limit.h), who waits and who is refused meanwhile
/// (waiting_queue.h), and whether it is worth trying (circuit_breaker.h). Made and destroyed on any
/// thread but the reactor's.
class ConnectionPool final : private ClientConnection::Owner {
 public:
  /// Called once, on the reactor's thread.
  using Done = absl::AnyInvocable<void(Exchange)>;

  /// Borrows all; `tls` is null for http://.
  ConnectionPool(Reactor& reactor, const OpenViduUrl& url, TlsClient* tls,
                 const ConnectionPoolOptions& options);
  ~ConnectionPool() override;

  /// Ends what is under way, and all that comes later, with kStopping or kStoppingSent.
  void Close();

  /// Sends `request` on a connection that is free, or a new one, and reads the answer, all by
  /// `context.deadline` and until `context.cancellation`. From any thread.
  void Send(UpstreamRequest request, const CallContext& context, Done done);

  /// How it is used now. On the reactor's thread.
  UpstreamState state() const;

 private:
  /// Where a request is, for its cancellation.
  struct Ticket;

  struct Request {
    std::string bytes;
    bool harmless_twice;
    Priority priority;
    bool persists;
    Reactor::Clock::time_point deadline;
    Done done;
    std::shared_ptr<Ticket> ticket;  // null where nobody can cancel it
    Reactor::Timer timer;            // while it waits
  };
  using Waiting = WaitingQueue<Request>;

  struct Busy {
    Done done;
    std::shared_ptr<Ticket> ticket;
    Reactor::Clock::time_point at;
    ConcurrencyLimit::Sent sent;
    bool probes;  // the circuit
    bool is_stuck = false;
  };

  void OnExchange(ClientConnection* connection, Exchange exchange) override;
  void OnIdleClosed(ClientConnection* connection) override;

  void Begin(Request request);
  void Wait(Request request, Reactor::Clock::time_point now);
  void SendWaiting();
  bool MaySend() const;
  void FindStuck();
  void Start(Request request);
  void Judge(const Busy& ended, const Exchange& exchange);
  Waiting::Service service() const;
  void Refuse(Request request, TransportFailure failure);
  Request TakeWaiting(const Waiting::Place& place);
  void Cancel(Ticket& ticket);
  ClientConnection* TakeConnection(bool harmless_twice);
  ClientConnection* AddConnection();
  void Remove(ClientConnection* connection);
  void CloseOldIdle();

  Reactor& reactor_;
  const OpenViduUrl& url_;
  TlsClient* const tls_;
  const ConnectionPoolOptions options_;

  // Of the reactor's thread.
  AddressResolver resolver_;
  std::vector<std::unique_ptr<ClientConnection>> connections_;
  /// The one used last is at the end and is taken first, so that the others grow old and close.
  std::vector<ClientConnection*> idle_;
  std::unordered_map<ClientConnection*, Busy> busy_;
  Waiting waiting_;
  ConcurrencyLimit limit_;
  CircuitBreaker circuit_;
  bool sends_waiting_ = false;
  int in_flight_ = 0;  // of busy_, those that are not stuck
  Reactor::Timer stuck_timer_;
  bool closed_ = false;
  Reactor::Timer idle_timer_;
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_CONNECTION_POOL_H_
