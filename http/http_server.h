#ifndef HTTP_HTTP_SERVER_H_
#define HTTP_HTTP_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "http/http_handler.h"
#include "http/request_reader.h"
#include "net/reactor.h"
#include "net/tls_server.h"

namespace openvidu::token {

/// Whether a port speaks TLS. A connection's first byte tells.
enum class TlsMode {
  kOff,       ///< Plain HTTP only.
  kAuto,      ///< Both.
  kRequired,  ///< HTTPS only; a plain request is answered 400.
};

/// What a server takes and how long it waits for it.
struct HttpServerOptions {
  /// `host:port` or `[v6]:port`; port 0: any free one.
  /// host:port; port 0 for any free one; or systemd:NAME (ListenOrTake).
  std::string listen_address = "0.0.0.0:5000";
  TlsMode tls_mode = TlsMode::kOff;
  TlsServerOptions tls;  ///< Used unless TLS is off.
  /// How long a client that spoke TLS once is told to speak nothing else, by
  /// `Strict-Transport-Security`. 0: it is not told so.
  absl::Duration hsts = absl::ZeroDuration();
  RequestLimits limits;
  /// Beyond: 503 and close.
  size_t max_connections = 20000;
  /// Of requests, all connections together; beyond: 503 and close for all but small ones.
  size_t max_buffered_bytes = size_t{64} << 20;
  /// Of answers that their clients have yet to take, all connections together; beyond: 503 for all
  /// but small ones.
  size_t max_unsent_bytes = size_t{128} << 20;
  /// For requests that take long to read (HttpCallbacks::runs_inline). Made when needed.
  int worker_threads = 4;
  /// Complete requests whose answer is not there yet; beyond: 503.
  size_t max_pending_requests = 4096;
  /// From a head's first byte to its last; then 408. For a TLS handshake too; then close.
  absl::Duration head_timeout = absl::Seconds(10);
  /// From a head's end to its body's; then 408.
  absl::Duration body_timeout = absl::Seconds(30);
  /// For the client to take an answer; then close.
  absl::Duration write_timeout = absl::Seconds(30);
  /// Before a request's first byte; then close.
  absl::Duration idle_timeout = absl::Seconds(75);
  /// From the beginning of a drain, for the first request of a client that has just connected.
  absl::Duration first_request_timeout = absl::Seconds(2);
  /// From the end of a drain's grace, for the answers of the requests that it ended.
  absl::Duration last_answers_timeout = absl::Seconds(1);
};

/// What a server calls, from many threads at once.
struct HttpCallbacks {
  HttpHandler handler;             ///< Required.
  HttpErrorHandler error_handler;  ///< None: DefaultErrorHandler.
  /// Whether the handler of this request returns at once: then it runs on the reactor's thread,
  /// else on a worker's. Must not throw. None: never.
  std::function<bool(const httplib::Request& request)> runs_inline;
  /// Are told of all requests, in this order. Borrowed until the server has stopped.
  std::vector<HttpObserver*> observers;
  /// Which of a few routes a request is of, for the observers; also of one that could not be read
  /// to its end. On the reactor's thread. None: "".
  std::function<absl::string_view(const httplib::Request& request)> route_of;
};

/// What a server holds at a moment.
struct HttpServerState {
  // Connections, by what they wait for.
  size_t idle = 0;       ///< A next request, or a first one.
  size_t handshake = 0;  ///< The rest of a TLS handshake.
  size_t reading = 0;    ///< The rest of a request.
  size_t busy = 0;       ///< The handler's answer.
  size_t writing = 0;    ///< The client, to take an answer.
  size_t lingering = 0;  ///< The client, to close.
  /// Of the certificate that it shows; nothing where TLS is off.
  std::optional<absl::Time> certificate_expires;
};

/// An HTTP/1 server: an event loop that holds all connections and reads requests whole. Neither an
/// idle or slow client nor a request that waits for its answer holds a thread. Thread-safe.
class HttpServer {
 public:
  /// Errors: kInvalidArgument naming every mistake in `options`, one a line.
  static absl::Status Check(const HttpServerOptions& options);

  /// Binds, and serves from the moment it returns. Raises the process's soft limit on descriptors
  /// where `max_connections` needs it, as far as the hard limit goes. Errors: those of
  /// Check; kUnavailable (cannot bind), kResourceExhausted, those of TlsServer::Create.
  /// `reactor`, on whose thread all of it runs, outlives the server and every reply.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options,
                                                           const HttpCallbacks& callbacks,
                                                           Reactor& reactor);

  /// Stops at once, as Stop(absl::ZeroDuration()).
  ~HttpServer();

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The TCP port that it listens on.
  int port() const;

  /// What it holds now. On the reactor's thread.
  HttpServerState state() const;

  /// From now on every answer says `Connection: close`; all else goes on.
  void BeginDrain();

  /// Drains: closes the listening socket and idle connections, lets requests that have begun, and
  /// the first one of a client that has just connected, finish until `grace` is over, with
  /// `Connection: close`. Then it cancels the rest (HttpReply::cancellation), waits a little for
  /// their answers (last_answers_timeout), and cuts what is left. Returns when no handler runs any
  /// more: none is interrupted. Only the first call counts. Not on the reactor's thread.
  void Stop(absl::Duration grace);

 private:
  class Impl;

  explicit HttpServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace openvidu::token

#endif  // HTTP_HTTP_SERVER_H_
