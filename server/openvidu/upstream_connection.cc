#include "server/openvidu/upstream_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "server/openvidu/address_resolver.h"
#include "server/openvidu/upstream_stream.h"

namespace openvidu::token {
namespace {

/// Connects to one address; returns the socket, or -1 with errno (ETIMEDOUT at the deadline).
int ConnectTo(const Address& address, absl::Time deadline) {
  const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int error = 0;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
    error = errno;
    if (error == EINPROGRESS) {
      error = ETIMEDOUT;
      socklen_t size = sizeof(error);
      if (WaitForSocket(fd, POLLOUT, deadline)) {
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      }
    }
  }
  if (error == 0) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
  }
  close(fd);
  errno = error;
  return -1;
}

}  // namespace

UpstreamConnection::UpstreamConnection(const OpenViduUrl& url, SSL_CTX* tls_context)
    : ClientImpl(url.host, url.port), url_(url), tls_context_(tls_context) {
  set_keep_alive(true);
  set_url_encode(false);  // the path is made of checked parts
  set_decompress(false);  // none is asked for, and a bomb would pass our limit
}

UpstreamConnection::~UpstreamConnection() { shutdown_ssl(socket_, false); }

bool UpstreamConnection::Fail(TransportFailure failure, std::string cause) {
  if (failure_ == TransportFailure::kNone) {
    failure_ = failure;
    cause_ = std::move(cause);
  }
  return false;
}

bool UpstreamConnection::Connect(int* fd) {
  const absl::StatusOr<std::vector<Address>> addresses =
      ResolveAddresses(url_.host, url_.port, deadline_);
  if (!addresses.ok()) {
    return Fail(absl::IsDeadlineExceeded(addresses.status()) ? TransportFailure::kResolveDeadline
                                                             : TransportFailure::kResolve,
                std::string(addresses.status().message()));
  }
  int error = EADDRNOTAVAIL;
  for (const Address& address : *addresses) {
    *fd = ConnectTo(address, deadline_);
    if (*fd >= 0) return true;
    error = errno;
  }
  return Fail(
      absl::Now() >= deadline_ ? TransportFailure::kConnectDeadline : TransportFailure::kConnect,
      std::strerror(error));
}

bool UpstreamConnection::Handshake(int fd) {
  tls_ = MakeTls(tls_context_, url_.host);
  SSL_set_fd(tls_.get(), fd);
  while (true) {
    ERR_clear_error();
    const int done = SSL_connect(tls_.get());
    if (done == 1) return true;
    const int error = SSL_get_error(tls_.get(), done);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) break;
    if (!WaitForSocket(fd, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline_)) {
      return Fail(TransportFailure::kConnectDeadline, "in the TLS handshake");
    }
  }
  const long verified = SSL_get_verify_result(tls_.get());
  if (verified != X509_V_OK) {
    return Fail(TransportFailure::kTls, X509_verify_cert_error_string(verified));
  }
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  return Fail(TransportFailure::kTls, reason != nullptr ? reason : "the connection was closed");
}

bool UpstreamConnection::create_and_connect_socket(Socket& socket, httplib::Error& error) {
  requests_ = 0;
  int fd = -1;
  if (!Connect(&fd)) {
    error = httplib::Error::Connection;
    return false;
  }
  if (url_.tls && !Handshake(fd)) {
    tls_.reset();
    close(fd);
    error = httplib::Error::SSLConnection;
    return false;
  }
  socket.sock = fd;  // httplib closes it
  return true;
}

void UpstreamConnection::shutdown_ssl(Socket& /*socket*/, bool shutdown_gracefully) {
  if (tls_ != nullptr && shutdown_gracefully) SSL_shutdown(tls_.get());
  ERR_clear_error();
  tls_.reset();
}

bool UpstreamConnection::process_socket(const Socket& socket,
                                        std::function<bool(httplib::Stream& stream)> callback) {
  ++requests_;
  UpstreamStream stream(socket.sock, tls_.get(), deadline_);
  const bool done = callback(stream);
  if (stream.failure() != TransportFailure::kNone) return Fail(stream.failure(), "");
  // The head was whole, so what httplib could not read is the body.
  return done || Fail(TransportFailure::kCutAnswer, "");
}

Exchange UpstreamConnection::Send(httplib::Request request, absl::Time deadline) {
  deadline_ = deadline;
  failure_ = TransportFailure::kNone;
  cause_.clear();
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  const bool answered = send(request, response, error);
  last_used_ = absl::Now();
  Exchange exchange;
  if (answered) {
    exchange.status = response.status;
    exchange.body = std::move(response.body);
  } else {
    exchange.failure = failure_ != TransportFailure::kNone ? failure_ : TransportFailure::kNotHttp;
    exchange.cause = cause_;
  }
  return exchange;
}

}  // namespace openvidu::token
