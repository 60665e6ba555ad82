#ifndef SERVER_OPENVIDU_UPSTREAM_CONNECTION_H_
#define SERVER_OPENVIDU_UPSTREAM_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "http/answer_reader.h"
#include "net/address_resolver.h"
#include "net/reactor.h"
#include "net/tls_transport.h"
#include "net/transport.h"
#include "server/openvidu/openvidu_url.h"
#include "server/openvidu/tls_client.h"
#include "server/openvidu/upstream_status.h"

namespace openvidu::token {

/// What came of one request: an HTTP answer, or why there is none.
struct Exchange {
  TransportFailure failure = TransportFailure::kNone;
  std::string cause;  ///< Of the failure; may be empty.
  /// Of a request that was refused unsent: when to come again. Zero: not known.
  absl::Duration retry_after;
  int status = 0;  ///< Of the answer; 0 where there is none.
  std::string body;
};

/// A kept-alive connection to OpenVidu, for one request at a time; each is sent once. Connects when
/// it has to. Of the reactor's thread only.
class UpstreamConnection final : private Reactor::Source {
 public:
  /// Who has the connection. May delete it when the reactor's turn is over.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// The request that was sent is done with.
    virtual void OnExchange(UpstreamConnection* connection, Exchange exchange) = 0;
    /// OpenVidu closed the connection while it was idle.
    virtual void OnIdleClosed(UpstreamConnection* connection) = 0;
  };

  /// Borrows all. `tls` is null for http://.
  UpstreamConnection(Reactor& reactor, const OpenViduUrl& url, AddressResolver& resolver,
                     TlsClient* tls, Owner& owner);
  ~UpstreamConnection() override;

  /// Sends `request`, whole as it goes on the wire, and reads the answer, all by `deadline`. The
  /// owner is told before this returns, maybe.
  void Send(std::string request, Reactor::Clock::time_point deadline);

  /// Ends the exchange under way, and the connection.
  void Abort() { Fail(TransportFailure::kCancelled, ""); }
  /// The same because the service stops.
  void Stop() {
    Fail(sent_ > 0 ? TransportFailure::kStoppingSent : TransportFailure::kStopping, "");
  }

  /// Whether it can be kept for another request.
  bool IsReusable() const { return state_ == State::kIdle && requests_ < kMaxRequests; }

  /// When the last exchange ended.
  Reactor::Clock::time_point last_used() const { return last_used_; }

 private:
  /// OpenVidu closes a connection with its 100th answer (openvidu-rest.md §0).
  static constexpr int kMaxRequests = 100;

  enum class State { kClosed, kResolving, kConnecting, kHandshake, kIdle, kExchange };

  /// What a lookup under way and its connection share.
  struct Lookup {
    UpstreamConnection* connection;  ///< Null: it does not wait any more.
  };

  void OnEvents(uint32_t events) override;
  void OnTurnEnd() override;
  void Resolve();
  void ConnectToNext();
  void FinishConnect();
  void Handshake();
  void WriteRequest();
  void ReadAnswer();
  void Take(AnswerReader::Result result);
  void OnDeadline();
  void Fail(TransportFailure failure, std::string cause);
  void Finish(Exchange exchange);
  void Disconnect();

  Reactor& reactor_;
  const OpenViduUrl& url_;
  AddressResolver& resolver_;
  TlsClient* const tls_client_;
  Owner& owner_;

  State state_ = State::kClosed;
  std::shared_ptr<Lookup> lookup_;
  std::vector<Address> addresses_;  // to try, the next one last
  std::string connect_error_;
  std::unique_ptr<Transport> transport_;
  TlsTransport* tls_ = nullptr;  // transport_, where it is one
  int requests_ = 0;             // on the present socket
  bool hung_up_ = false;         // OpenVidu will send no more than is there
  Reactor::Clock::time_point last_used_;

  // The exchange under way.
  std::string request_;
  size_t sent_ = 0;
  bool write_broken_ = false;
  AnswerReader reader_;
  Reactor::Timer deadline_;
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_UPSTREAM_CONNECTION_H_
