#ifndef SERVER_OPENVIDU_UPSTREAM_CONNECTION_H_
#define SERVER_OPENVIDU_UPSTREAM_CONNECTION_H_

#include <httplib.h>
#include <openssl/ssl.h>

#include <string>

#include "absl/time/time.h"
#include "server/openvidu/openvidu_url.h"
#include "server/openvidu/tls_context.h"
#include "server/openvidu/upstream_status.h"

namespace openvidu::token {

/// What came of one request: an HTTP answer, or why there is none.
struct Exchange {
  TransportFailure failure = TransportFailure::kNone;
  std::string cause;  ///< Of the failure; may be empty.
  int status = 0;     ///< Of the answer; 0 where there is none.
  std::string body;
};

/// A kept-alive connection to OpenVidu: cpp-httplib's client, which writes requests and reads
/// answers, over sockets and TLS of our own, because httplib's have no deadline for a connect, a
/// handshake or a slow answer as a whole. Connects by itself when it has to. Not thread-safe.
class UpstreamConnection final : private httplib::ClientImpl {
 public:
  /// Borrows `url` and `tls_context`; the latter may be null for http://.
  UpstreamConnection(const OpenViduUrl& url, SSL_CTX* tls_context);
  ~UpstreamConnection() override;

  /// Sends `request` (method, path, headers, body) once and reads the answer, all by `deadline`.
  Exchange Send(httplib::Request request, absl::Time deadline);

  /// Whether it can be kept for another request.
  bool IsReusable() const { return socket_.is_open() && requests_ < kMaxRequests; }

  /// When the last exchange ended.
  absl::Time last_used() const { return last_used_; }

 private:
  /// OpenVidu closes a connection with its 100th answer (openvidu-rest.md §0).
  static constexpr int kMaxRequests = 100;

  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override;
  void shutdown_ssl(Socket& socket, bool shutdown_gracefully) override;
  bool process_socket(const Socket& socket,
                      std::function<bool(httplib::Stream& stream)> callback) override;

  bool Connect(int* fd);
  bool Handshake(int fd);
  bool Fail(TransportFailure failure, std::string cause);

  const OpenViduUrl& url_;
  SSL_CTX* const tls_context_;
  Tls tls_;
  int requests_ = 0;  ///< On the present socket.
  absl::Time last_used_ = absl::InfinitePast();
  absl::Time deadline_;  ///< Of the exchange under way.
  TransportFailure failure_ = TransportFailure::kNone;
  std::string cause_;
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_UPSTREAM_CONNECTION_H_
