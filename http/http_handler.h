#ifndef HTTP_HTTP_HANDLER_H_
#define HTTP_HTTP_HANDLER_H_

#include <httplib.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/cancellation.h"
#include "http/http_observer.h"

namespace openvidu::token {

class EventLoop;
struct Connection;

/// The right, and the duty, to answer one request, once, from any thread and at any time. One that
/// is dropped unanswered answers 500. Where the client or the server has gone meanwhile, the answer
/// is dropped.
class HttpReply {
 public:
  /// What a reply and the connection that waits for it share. Of the reactor's thread only, but for
  /// `cancellation` and what never changes.
  struct Pending {
    EventLoop* loop;
    Connection* connection;  ///< Null: nobody waits any more.
    Cancellation cancellation;
    /// Of any thread: HttpPeer::certificate_names.
    std::shared_ptr<const std::vector<std::string>> certificate_names;
    std::shared_ptr<const ObservedRequest> observed;
  };

  HttpReply(class Reactor& reactor, std::shared_ptr<Pending> pending)
      : reactor_(&reactor), pending_(std::move(pending)) {}
  HttpReply(HttpReply&& other) noexcept = default;
  HttpReply& operator=(HttpReply&& other) = delete;
  ~HttpReply();

  /// The body is set by set_content(); content providers are not supported. A status never set is
  /// 200.
  void Send(httplib::Response response);

  /// Is cancelled, on the reactor's thread, when the client has gone (its connection is reset, or
  /// closed in both directions; one that only says that nothing follows still waits for its answer)
  /// and when the server's grace ends: then an answer that comes soon still reaches the client. Not
  /// after Send().
  std::shared_ptr<Cancellation> cancellation() const { return {pending_, &pending_->cancellation}; }

  /// The names in the client's certificate, which the TLS handshake verified
  /// (net/certificate_names.h); none where it showed none. Not after Send().
  std::vector<std::string> certificate_names() const {
    return pending_->certificate_names == nullptr ? std::vector<std::string>()
                                                  : *pending_->certificate_names;
  }

  /// What the observers know of the request; null where there is none. Not after Send().
  const ObservedRequest* observed() const { return pending_->observed.get(); }

 private:
  class Reactor* reactor_;
  std::shared_ptr<Pending> pending_;  ///< Null when used up.
};

/// Answers one request, now or later, by `reply`. Called from many threads at once. `request` is
/// valid until the handler returns. It is as cpp-httplib has it, but:
/// * `target` is raw, as the client sent it, and nothing is decoded from it: `path` and `params`
/// are
///   empty, so that nobody mistakes an id with `%2F` for two segments.
/// * `headers` are the client's only: REMOTE_ADDR and the like, which cpp-httplib adds, are not
///   there. `remote_addr` and `remote_port` are the peer's.
/// * `body` is complete, without its framing.
/// An exception becomes a 500 with nothing of its text.
using HttpHandler = std::function<void(const httplib::Request& request, HttpReply reply)>;

/// Fills the answer to a request that the front itself refuses: `response.status` is set, `detail`
/// is a sentence for the client, `request` holds what could be read of it, which may be nothing.
/// Called on the reactor's thread, so it must not wait.
using HttpErrorHandler =
    std::function<void(int status, absl::string_view detail, const httplib::Request& request,
                       httplib::Response& response)>;

/// The other end of a connection.
struct HttpPeer {
  std::string address;  ///< Numeric; an IPv4 client of an IPv6 socket in its IPv4 form.
  int port = 0;
  /// Of the certificate that it showed. Null: none.
  std::shared_ptr<const std::vector<std::string>> certificate_names;
};

}  // namespace openvidu::token

#endif  // HTTP_HTTP_HANDLER_H_
