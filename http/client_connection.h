#ifndef HTTP_CLIENT_CONNECTION_H_
#define HTTP_CLIENT_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "http/answer_reader.h"
#include "http/exchange.h"
#include "http/http_url.h"
#include "net/address_resolver.h"
#include "net/reactor.h"
#include "net/tls_client.h"
#include "net/tls_transport.h"
#include "net/transport.h"

namespace openvidu::token {

/// What connections to `url` speak TLS by, verified by `ca_file` (the system's authorities where
/// empty): null for http://. Errors: kInvalidArgument that begins with `ca_file_name`, such as the
/// flag's.
absl::StatusOr<std::unique_ptr<TlsClient>> MakeTlsClient(const HttpUrl& url,
                                                         const std::string& ca_file,
                                                         absl::string_view ca_file_name);

/// Whether that can be done by `ca_file`. Errors: the same.
absl::Status CheckCaFile(const std::string& ca_file, absl::string_view ca_file_name);

/// A kept-alive connection to an HTTP server, for one request at a time; each is sent once.
/// Connects when it has to. Of the reactor's thread only.
class ClientConnection final : private Reactor::Source {
 public:
  /// Who has the connection. May delete it when the reactor's turn is over.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// The request that was sent is done with.
    virtual void OnExchange(ClientConnection* connection, Exchange exchange) = 0;
    /// The server closed the connection while it was idle.
    virtual void OnIdleClosed(ClientConnection* connection) = 0;
  };

  /// Borrows all. `tls` is null for http://.
  ClientConnection(Reactor& reactor, const HttpUrl& url, AddressResolver& resolver, TlsClient* tls,
                   Owner& owner);
  ~ClientConnection() override;

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
  /// OpenVidu, as Tomcat does, closes a connection with its 100th answer (openvidu-rest.md §0).
  static constexpr int kMaxRequests = 100;

  enum class State { kClosed, kResolving, kConnecting, kHandshake, kIdle, kExchange };

  /// What a lookup under way and its connection share.
  struct Lookup {
    ClientConnection* connection;  ///< Null: it does not wait any more.
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
  const HttpUrl& url_;
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
  bool hung_up_ = false;         // the server will send no more than is there
  Reactor::Clock::time_point last_used_;

  // The exchange under way.
  std::string request_;
  size_t sent_ = 0;
  bool write_broken_ = false;
  AnswerReader reader_;
  Reactor::Timer deadline_;
};

}  // namespace openvidu::token

#endif  // HTTP_CLIENT_CONNECTION_H_
