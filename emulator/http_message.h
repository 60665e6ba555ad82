#ifndef EMULATOR_HTTP_MESSAGE_H_
#define EMULATOR_HTTP_MESSAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::emulator {

struct HttpHeader {
  std::string name;
  std::string value;
};

enum class HttpVersion { kHttp09, kHttp10, kHttp11, kUnknown };

/// A request's line and headers as received.
struct HttpRequest {
  std::string method;
  std::string target;  ///< As sent; the other two are its parts.
  std::string path;    ///< Not decoded; without scheme and authority.
  std::string query;   ///< Without the '?'.
  HttpVersion version = HttpVersion::kUnknown;
  std::vector<HttpHeader> headers;

  /// Returns the first value of the header `name` (any case), or nullptr.
  const std::string* Find(absl::string_view name) const;
  /// How often the header `name` was sent.
  int Count(absl::string_view name) const;
  /// Whether the list headers `name` hold `token`, in any case.
  bool HasToken(absl::string_view name, absl::string_view token) const;
};

/// How an answer is put on the wire; all but kWhole are faults that a test asked for.
struct Delivery {
  enum class How {
    kWhole,
    kResetBefore,  ///< RST, not a byte.
    kCloseBefore,  ///< FIN, not a byte.
    kResetMiddle,  ///< RST behind the head and half of the body.
    kCloseMiddle,  ///< FIN there.
    kResetAfter,   ///< RST behind the whole.
    kStallBefore,  ///< Waits `pause` before the first byte.
    kStallMiddle,  ///< Waits `pause` behind the head and half of the body.
    kDrip,         ///< One byte every `pause`.
  };
  How how = How::kWhole;
  absl::Duration latency;  ///< Before anything else.
  absl::Duration pause;
  bool then_close = false;  ///< Of the stalls: FIN instead of the rest.
};

/// An answer without what the connection adds: Content-Length, Date, Keep-Alive, Connection.
struct HttpResponse {
  int status = 200;
  std::vector<HttpHeader> headers;  ///< In their order on the wire.
  std::string content_type;         ///< Empty: none.
  std::string content_language;     ///< Empty: none.
  std::string body;
  bool chunked = false;
  /// Closes the connection behind the answer without saying so in it, as Tomcat does after some
  /// errors of its own.
  bool close_unannounced = false;
  Delivery delivery;

  void Add(absl::string_view name, absl::string_view value);
};

/// Tomcat's own error page (openvidu-rest.md §1 "HTML error page").
HttpResponse HtmlErrorPage(int status);

/// "Bad Request" for 400; of the statuses that the emulator needs it for.
absl::string_view ReasonPhrase(int status);

/// The body of a request, which is read only if somebody asks for it.
class RequestBody {
 public:
  virtual ~RequestBody() = default;
  /// Returns the whole body without its framing, empty where there is none. Later calls return the
  /// same. Errors: kUnavailable (the client sent no more, or no valid chunk).
  virtual const absl::StatusOr<std::string>& Read() = 0;
};

/// Answers requests; called by many threads at once.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual HttpResponse Handle(const HttpRequest& request, RequestBody& body) = 0;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_HTTP_MESSAGE_H_
