#ifndef HTTP_HTTP_OBSERVER_H_
#define HTTP_HTTP_OBSERVER_H_

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "common/trace_context.h"

namespace openvidu::token {

/// One request as its observers see it, from when it has come whole, or is refused, to its answer.
/// What could not be read of a request that is refused is empty.
struct ObservedRequest {
  absl::string_view route;  ///< One of a few, of static storage (HttpCallbacks::route_of).
  std::string method;       ///< As sent: any token.
  std::string peer_address;
  int peer_port = 0;
  bool tls = false;
  size_t body_bytes = 0;                        ///< Without its framing.
  std::chrono::steady_clock::time_point began;  ///< When its first byte came.

  // What an observer adds for the others, and for the handler.
  TraceContext trace;  ///< The span that the request is, or the one that its client brought.
  std::string client_address;  ///< Of whom the peer speaks for, where it is a proxy.
  std::string user_agent;
};

/// How a request ended.
struct ObservedAnswer {
  int status = 0;                             ///< 0: the client went before there was an answer.
  size_t body_bytes = 0;                      ///< What follows the head.
  std::chrono::steady_clock::duration took;   ///< From the request's first byte to the answer.
  const httplib::Headers* headers = nullptr;  ///< Null where there is no answer.
};

/// Is told of every request of a server: of those that a handler gets and of those that the front
/// refuses. Called on the reactor's thread, so it must neither wait nor throw.
class HttpObserver {
 public:
  virtual ~HttpObserver() = default;

  /// Before the handler, which sees what this leaves in `observed` (HttpReply::observed).
  virtual void OnRequest(const httplib::Request& /*request*/, ObservedRequest& /*observed*/) {}

  /// Once for each of these, as the answer is given to the connection.
  virtual void OnAnswer(const ObservedRequest& observed, const ObservedAnswer& answer) = 0;
};

}  // namespace openvidu::token

#endif  // HTTP_HTTP_OBSERVER_H_
