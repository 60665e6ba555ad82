#include "emulator/http_connection.h"

#include <algorithm>

namespace openvidu::emulator {
namespace {

constexpr int kMaxRequests = 100;  // Tomcat's maxKeepAliveRequests
constexpr absl::Duration kReadTimeout = absl::Seconds(60);

bool WantsKeepAlive(const HttpRequest& request) {
  if (request.version == HttpVersion::kHttp09 || request.HasToken("connection", "close")) {
    return false;
  }
  return request.version == HttpVersion::kHttp11 || request.HasToken("connection", "keep-alive");
}

// Sends `first` and then, after the fault in between, `rest`. Returns whether the connection can go
// on.
bool SendInTwo(HttpSocket& socket, const Delivery& delivery, absl::string_view first,
               absl::string_view rest) {
  if (!socket.Send(first)) return false;
  switch (delivery.how) {
    case Delivery::How::kResetMiddle:
      socket.ResetOnClose();
      return false;
    case Delivery::How::kCloseMiddle:
      return false;
    default:
      return socket.Pause(delivery.pause) && !delivery.then_close && socket.Send(rest);
  }
}

}  // namespace

HttpConnection::HttpConnection(int fd, HttpHandler& handler, const std::atomic<bool>& is_draining)
    : socket_(fd), handler_(handler), is_draining_(is_draining), requests_left_(kMaxRequests) {}

void HttpConnection::Serve() {
  HeadResult head;
  while (ReadHead(&head)) {
    is_busy_ = true;
    // A request that arrives during the shutdown is answered by EOF [15].
    const bool goes_on = !is_draining_ && ServeRequest(head.request);
    is_busy_ = false;
    if (!goes_on || is_draining_) break;
  }
  socket_.FinishSending();
}

bool HttpConnection::ReadHead(HeadResult* head) {
  while (true) {
    *head = ParseHead(socket_.pending());
    switch (head->state) {
      case HeadResult::State::kComplete:
        socket_.Consume(head->size);
        return true;
      case HeadResult::State::kMalformed: {
        HttpRequest unread;
        unread.version = HttpVersion::kHttp11;
        if (!is_draining_) Send(HtmlErrorPage(400), unread, /*keep_alive=*/false);
        return false;
      }
      case HeadResult::State::kRefused:
        return false;
      case HeadResult::State::kIncomplete:
        if (socket_.Receive(kReadTimeout) != HttpSocket::Received::kData) return false;
    }
  }
}

bool HttpConnection::ServeRequest(const HttpRequest& request) {
  const RequestFraming framing = CheckHead(request);
  if (framing.error != 0) {
    Send(HtmlErrorPage(framing.error), request, /*keep_alive=*/false);
    return false;
  }
  if (framing.expects_continue && !socket_.Send("HTTP/1.1 100 \r\n\r\n")) return false;
  SocketBody body(socket_, framing);
  const HttpResponse response = handler_.Handle(request, body);

  bool keep_alive = WantsKeepAlive(request) && --requests_left_ > 0 && !framing.close_after &&
                    !StatusDropsConnection(response.status) && !response.close_unannounced;
  if (response.chunked && request.version != HttpVersion::kHttp11) keep_alive = false;
  if (body.IsTooBigToSkip()) keep_alive = false;
  // Whether a client that was promised a 100 and got a final answer still sends the body, nobody
  // knows.
  const bool is_success = response.status >= 200 && response.status < 300;
  const bool is_body_uncertain = framing.expects_continue && !body.IsRead() && !is_success;
  if (is_body_uncertain) keep_alive = false;

  if (!Send(response, request, keep_alive) || is_body_uncertain) return false;
  const bool can_go_on = body.Skip();
  return keep_alive && can_go_on;
}

bool HttpConnection::Send(const HttpResponse& response, const HttpRequest& request,
                          bool keep_alive) {
  const Delivery& delivery = response.delivery;
  if (!socket_.Pause(delivery.latency)) return false;
  if (delivery.how == Delivery::How::kResetBefore) {
    socket_.ResetOnClose();
    return false;
  }
  if (delivery.how == Delivery::How::kCloseBefore) return false;
  const std::string head = RenderHead(response, request, keep_alive);
  const std::string body = RenderBody(response, request);
  switch (delivery.how) {
    case Delivery::How::kWhole:
      return socket_.Send(head + body);
    case Delivery::How::kResetAfter:
      socket_.Send(head + body);
      socket_.ResetOnClose();
      return false;
    case Delivery::How::kStallBefore:
      return socket_.Pause(delivery.pause) && !delivery.then_close && socket_.Send(head + body);
    case Delivery::How::kDrip:
      for (const char byte : head + body) {
        if (!socket_.Send(absl::string_view(&byte, 1)) || !socket_.Pause(delivery.pause)) {
          return false;
        }
      }
      return true;
    default: {
      const std::string whole = head + body;
      // The middle of an answer without a body is the middle of its head.
      const size_t middle = body.empty() ? head.size() / 2 : head.size() + body.size() / 2;
      return SendInTwo(socket_, delivery, absl::string_view(whole).substr(0, middle),
                       absl::string_view(whole).substr(middle));
    }
  }
}

}  // namespace openvidu::emulator
