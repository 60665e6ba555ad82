#ifndef HTTP_HTTP_SERVER_H_
#define HTTP_HTTP_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "http/request_reader.h"
#include "http/responder.h"

namespace openvidu::token {

/// What a server takes and how long it waits for it.
struct HttpServerOptions {
  /// `host:port` or `[v6]:port`; port 0: any free one.
  std::string listen_address = "0.0.0.0:5000";
  RequestLimits limits;
  /// Beyond: 503 and close.
  size_t max_connections = 20000;
  /// Of requests, all connections together; beyond: 503 and close for all but small ones.
  size_t max_buffered_bytes = size_t{64} << 20;
  /// Made when needed.
  int worker_threads = 64;
  /// Complete requests that wait for a thread; beyond: 503.
  size_t max_queued_requests = 1024;
  /// From a head's first byte to its last; then 408.
  absl::Duration head_timeout = absl::Seconds(10);
  /// From a head's end to its body's; then 408.
  absl::Duration body_timeout = absl::Seconds(30);
  /// For the client to take an answer; then close.
  absl::Duration write_timeout = absl::Seconds(30);
  /// Before a request's first byte; then close.
  absl::Duration idle_timeout = absl::Seconds(75);
};

/// What a server calls, from many threads at once.
struct HttpCallbacks {
  HttpHandler handler;             ///< Required.
  HttpErrorHandler error_handler;  ///< None: DefaultErrorHandler.
  /// Whether the handler answers this request at once, never waiting: then it runs on the event
  /// loop's thread, even when all workers wait. `path` is raw, without the query. Must not throw.
  /// None: never.
  std::function<bool(absl::string_view method, absl::string_view path)> runs_inline;
};

/// An HTTP/1 server: an event loop that holds all connections and reads requests whole, and worker
/// threads that only ever see complete ones. Neither an idle nor a slow client holds a thread.
/// Thread-safe.
class HttpServer {
 public:
  /// Binds, and serves from the moment it returns. Raises the process's soft limit on descriptors
  /// where `max_connections` needs it, as far as the hard limit goes. Errors: kInvalidArgument
  /// (options, address), kUnavailable (cannot bind), kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options,
                                                           const HttpCallbacks& callbacks);

  /// Stops at once, as Stop(absl::ZeroDuration()).
  ~HttpServer();

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The TCP port that it listens on.
  int port() const;

  /// Drains: closes the listening socket and idle connections, lets requests that have begun finish
  /// until `grace` is over, with `Connection: close`, and cuts the rest. Returns when all threads
  /// have ended, which a handler that still runs delays: none is interrupted. Only the first call
  /// counts.
  void Stop(absl::Duration grace);

 private:
  class Impl;

  explicit HttpServer(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace openvidu::token

#endif  // HTTP_HTTP_SERVER_H_
