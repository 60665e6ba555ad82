#ifndef HTTP_RESPONDER_H_
#define HTTP_RESPONDER_H_

#include <httplib.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "http/http_handler.h"

namespace openvidu::token {

/// Sets a problem+json body.
void DefaultErrorHandler(int status, absl::string_view detail, const httplib::Request& request,
                         httplib::Response& response);

/// Whether answers of this status end with their head (RFC 9110 15.3.5, 15.4.5).
inline bool HasNoBody(int status) { return status == 204 || status == 304; }

/// What of a request decides about its answer's form.
struct AnswerForm {
  bool http_1_0 = false;
  bool head = false;  ///< A HEAD request: no body follows.
  bool keep_alive = false;
  bool tls = false;
};

/// The bytes to send, and whether the connection ends with them.
struct HttpAnswer {
  std::string bytes;
  bool close = false;
};

/// Writes answers. Not by cpp-httplib, which does that only as the end of reading a request, by way
/// of its router, and at five times the cost
/// (docs/adr/2026-11-24-own-the-sockets-around-cpp-httplib.md). Thread-safe.
class Responder {
 public:
  /// `keep_alive_seconds` is announced to HTTP/1.0 clients that ask to keep the connection;
  /// `hsts_seconds` to those over TLS, as the time in which they are to use nothing else (RFC
  /// 6797); 0: not.
  Responder(HttpErrorHandler error_handler, int keep_alive_seconds, int64_t hsts_seconds = 0);

  /// What a handler answered: without any header that is not one, or that is the connection's and
  /// not the handler's to set. A status that it did not set is 200.
  HttpAnswer Format(const AnswerForm& form, const httplib::Response& response) const;

  /// The answer to `request`, possibly incomplete, by the error handler, with `Retry-After` on a
  /// 503.
  httplib::Response Error(const httplib::Request& request, int status,
                          absl::string_view detail) const;

  /// The same, formatted.
  HttpAnswer FormatError(const AnswerForm& form, const httplib::Request& request, int status,
                         absl::string_view detail) const;

  /// From now on every answer says `Connection: close`.
  void CloseFromNowOn() { closing_ = true; }

 private:
  const HttpErrorHandler error_handler_;
  const std::string keep_alive_;
  const std::string hsts_;
  std::atomic<bool> closing_{false};
};

}  // namespace openvidu::token

#endif  // HTTP_RESPONDER_H_
