#ifndef HTTP_RESPONDER_H_
#define HTTP_RESPONDER_H_

#include <httplib.h>

#include <atomic>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "http/request_reader.h"

namespace openvidu::token {

/// Answers one request. Called from many threads at once. `request` as cpp-httplib has it, and:
/// * `target` is raw, as the client sent it; `path` and `params` are decoded from it, so that an id
/// with
///   `%2F` looks like two path segments in `path`. Match routes on `target`.
/// * `headers` are the client's only: REMOTE_ADDR and the like, which cpp-httplib adds, are not
/// there.
///   `remote_addr` and `remote_port` are the peer's.
/// * `body` is complete, without its framing.
/// The body is set by set_content(); content providers are not supported. A status never set is
/// 200. An exception becomes 500 with nothing of its text.
using HttpHandler =
    std::function<void(const httplib::Request& request, httplib::Response& response)>;

/// Fills the answer to a request that the front itself refuses: `response.status` is set, `detail`
/// is a sentence for the client, `request` holds what could be read of it, which may be nothing.
/// Called from many threads at once, mostly the event loop's, so it must not wait.
using HttpErrorHandler =
    std::function<void(int status, absl::string_view detail, const httplib::Request& request,
                       httplib::Response& response)>;

/// Sets a problem+json body.
void DefaultErrorHandler(int status, absl::string_view detail, const httplib::Request& request,
                         httplib::Response& response);

/// The other end of a connection.
struct HttpPeer {
  std::string address;  ///< Numeric; an IPv4 client of an IPv6 socket in its IPv4 form.
  int port = 0;
};

/// The bytes to send, and whether the connection ends with them.
struct HttpAnswer {
  std::string bytes;
  bool close = false;
};

/// Runs handlers and formats their answers by cpp-httplib, in memory. Thread-safe.
class Responder : private httplib::Server {
 public:
  /// `keep_alive_seconds` is announced to HTTP/1.0 clients that ask to keep the connection.
  Responder(HttpHandler handler, HttpErrorHandler error_handler, int keep_alive_seconds);

  /// Answers a complete request by the handler.
  HttpAnswer Respond(HttpRequest request, const HttpPeer& peer);

  /// Answers `request`, possibly incomplete, by the error handler, with `Retry-After` on a 503. The
  /// connection is kept where `request.keep_alive` says so.
  HttpAnswer RespondError(HttpRequest request, const HttpPeer& peer, int status,
                          absl::string_view detail);

  /// From now on every answer says `Connection: close`.
  void CloseFromNowOn() { closing_ = true; }

 private:
  struct Call;

  HttpAnswer Run(Call* call);
  void Handle(Call* call, const httplib::Request& request, httplib::Response& response);
  void HandleError(int status, absl::string_view detail, const httplib::Request& request,
                   httplib::Response& response);
  void Finish(Call* call, const httplib::Request& request, httplib::Response& response);

  const HttpHandler handler_;
  const HttpErrorHandler error_handler_;
  const std::string keep_alive_;
  std::atomic<bool> closing_{false};
};

}  // namespace openvidu::token

#endif  // HTTP_RESPONDER_H_
