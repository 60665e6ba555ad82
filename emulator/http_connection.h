#ifndef EMULATOR_HTTP_CONNECTION_H_
#define EMULATOR_HTTP_CONNECTION_H_

#include <atomic>

#include "emulator/http_body.h"
#include "emulator/http_head.h"
#include "emulator/http_message.h"
#include "emulator/http_socket.h"

namespace openvidu::emulator {

/// Serves one client connection as Tomcat 10.1 does: keep-alive, its limits, its own errors.
class HttpConnection {
 public:
  /// Takes over `fd`. `handler` and `is_draining` outlive this; while the latter is true, no
  /// request is begun.
  HttpConnection(int fd, HttpHandler& handler, const std::atomic<bool>& is_draining);

  /// Serves requests until the connection is over.
  void Serve();

  /// Whether a request is being answered right now. Any thread may ask.
  bool is_busy() const { return is_busy_.load(); }

  /// Ends the connection from another thread.
  void Cut() { socket_.Cut(); }

 private:
  bool ReadHead(HeadResult* head);
  bool ServeRequest(const HttpRequest& request);
  bool Send(const HttpResponse& response, const HttpRequest& request, bool keep_alive);

  HttpSocket socket_;
  HttpHandler& handler_;
  const std::atomic<bool>& is_draining_;
  std::atomic<bool> is_busy_{false};
  int requests_left_;
};

/// Renders status line and headers of `response` (openvidu-rest.md §1 "status line", "standard
/// headers").
std::string RenderHead(const HttpResponse& response, const HttpRequest& request, bool keep_alive);

/// Renders the body as it follows the head: with chunk sizes, or nothing to a HEAD.
std::string RenderBody(const HttpResponse& response, const HttpRequest& request);

/// Whether Tomcat gives up the connection because of the status alone (openvidu-rest.md §0, fact
/// 3).
bool StatusDropsConnection(int status);

}  // namespace openvidu::emulator

#endif  // EMULATOR_HTTP_CONNECTION_H_
