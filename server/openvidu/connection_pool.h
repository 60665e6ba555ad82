#ifndef SERVER_OPENVIDU_CONNECTION_POOL_H_
#define SERVER_OPENVIDU_CONNECTION_POOL_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "net/address_resolver.h"
#include "net/reactor.h"
#include "server/openvidu/circuit_breaker.h"
#include "server/openvidu/openvidu_client.h"
#include "server/openvidu/openvidu_url.h"
#include "server/openvidu/tls_client.h"
#include "server/openvidu/upstream_connection.h"

namespace openvidu::token {

/// How many connections a pool keeps, and how.
struct ConnectionPoolOptions {
  size_t max_connections = 64;  ///< And so requests at once.
  size_t max_waiting = 4096;    ///< Requests that wait for a connection; beyond: kQueueFull.
  /// An idle connection is closed then.
  absl::Duration idle_timeout = absl::Seconds(45);
  /// A connection that was idle for longer may be closing while a request is on its way to it: such
  /// a request may have been carried out, so that only one that is harmless twice is sent there.
  absl::Duration suspect_after = absl::Seconds(5);
  CircuitBreakerOptions circuit;
};

/// A request and what a pool has to know of it.
struct UpstreamRequest {
  std::string bytes;            ///< Whole, as it goes on the wire.
  bool harmless_twice = false;  ///< Whether OpenVidu may get it twice.
};

/// At most so many connections to OpenVidu, kept alive between requests. Requests wait in the order
/// of their coming while all are in use. Made and destroyed on any thread but the reactor's.
class ConnectionPool final : private UpstreamConnection::Owner {
 public:
  /// Called once, on the reactor's thread.
  using Done = absl::AnyInvocable<void(Exchange)>;

  /// Borrows all; `tls` is null for http://.
  ConnectionPool(Reactor& reactor, const OpenViduUrl& url, TlsClient* tls,
                 const ConnectionPoolOptions& options);
  ~ConnectionPool() override;

  /// Ends what is under way, and all that comes later, with kCancelled. Not on the reactor's
  /// thread.
  void Close();

  /// Sends `request` on a connection that is free, or a new one, and reads the answer, all by
  /// `context.deadline` and until `context.cancellation`. From any thread.
  void Send(UpstreamRequest request, const CallContext& context, Done done);

 private:
  /// Where a request is, for its cancellation.
  struct Ticket;

  struct Request {
    std::string bytes;
    bool harmless_twice;
    Reactor::Clock::time_point deadline;
    Done done;
    std::shared_ptr<Ticket> ticket;  // null where nobody can cancel it
    Reactor::Timer timer;            // while it waits
  };
  using Waiting = std::list<Request>;

  struct Busy {
    Done done;
    std::shared_ptr<Ticket> ticket;
    Reactor::Clock::time_point sent;
    bool probes;  // the circuit
  };

  void OnExchange(UpstreamConnection* connection, Exchange exchange) override;
  void OnIdleClosed(UpstreamConnection* connection) override;

  void Begin(Request request);
  void Start(UpstreamConnection* connection, Request request);
  void Judge(const Busy& ended, const Exchange& exchange);
  void Refuse(Request request, TransportFailure failure, absl::Duration retry_after);
  void RefuseWaiting();
  void EndWaiting(Waiting::iterator waiting, TransportFailure failure);
  void Cancel(Ticket& ticket);
  UpstreamConnection* TakeConnection(bool harmless_twice);
  UpstreamConnection* AddConnection();
  void Remove(UpstreamConnection* connection);
  void CloseOldIdle();

  Reactor& reactor_;
  const OpenViduUrl& url_;
  TlsClient* const tls_;
  const ConnectionPoolOptions options_;

  // Of the reactor's thread.
  AddressResolver resolver_;
  std::vector<std::unique_ptr<UpstreamConnection>> connections_;
  /// The one used last is at the end and is taken first, so that the others grow old and close.
  std::vector<UpstreamConnection*> idle_;
  std::unordered_map<UpstreamConnection*, Busy> busy_;
  Waiting waiting_;
  CircuitBreaker circuit_;
  bool closed_ = false;
  Reactor::Timer idle_timer_;
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_CONNECTION_POOL_H_
