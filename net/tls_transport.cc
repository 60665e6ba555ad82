#include "net/tls_transport.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace openvidu::token {
namespace {

int ToInt(size_t size) { return static_cast<int>(std::min<size_t>(size, INT_MAX)); }

// OpenSSL's own socket BIO writes by write(2), which raises SIGPIPE, and does not tell whether a
// read has emptied the socket.
TlsSocket& SocketOf(BIO* bio) { return *static_cast<TlsSocket*>(BIO_get_data(bio)); }

int ReadSocket(BIO* bio, char* buffer, int size) {
  TlsSocket& socket = SocketOf(bio);
  BIO_clear_retry_flags(bio);
  ssize_t n;
  do {
    n = recv(socket.fd, buffer, static_cast<size_t>(size), 0);
  } while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_read(bio);
  socket.drained = n < size;
  socket.ended = n == 0;
  return static_cast<int>(n);
}

int WriteSocket(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  ssize_t n;
  do {
    n = send(SocketOf(bio).fd, bytes, static_cast<size_t>(size), MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

long ControlSocket(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  if (command == BIO_CTRL_EOF) return SocketOf(bio).ended ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;  // nothing is held back
}

const BIO_METHOD* SocketMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_read(made, ReadSocket);
    BIO_meth_set_write(made, WriteSocket);
    BIO_meth_set_ctrl(made, ControlSocket);
    return made;
  }();
  return method;
}

}  // namespace

TlsTransport::TlsTransport(int fd, Tls tls) : socket_{fd}, tls_(std::move(tls)) {
  BIO* const bio = BIO_new(SocketMethod());
  BIO_set_data(bio, &socket_);
  BIO_set_init(bio, 1);
  SSL_set_bio(tls_.get(), bio, bio);
}

TlsTransport::~TlsTransport() {
  SendCloseNotify();
  // Else OpenSSL takes a session that was not shut down for a bad one, and never resumes it.
  SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  close(socket_.fd);
}

void TlsTransport::SendCloseNotify() {
  if (broken_ || !SSL_is_init_finished(tls_.get())) return;
  // A second call would wait for the other end's.
  if ((SSL_get_shutdown(tls_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
  ERR_clear_error();
}

Transport::Status TlsTransport::StatusOf(int returned) {
  switch (SSL_get_error(tls_.get(), returned)) {
    case SSL_ERROR_NONE:
      return Status::kOk;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Status::kWouldBlock;
    case SSL_ERROR_ZERO_RETURN:
      return Status::kEnd;
    default:
      broken_ = true;
      return Status::kBroken;
  }
}

Transport::Status TlsTransport::Handshake() {
  ERR_clear_error();
  return StatusOf(SSL_do_handshake(tls_.get()));
}

Transport::Result TlsTransport::Read(char* buffer, size_t size) {
  ERR_clear_error();
  const int n = SSL_read(tls_.get(), buffer, ToInt(size));
  // A record may hold more than was asked for, and another may stand behind it; without read-ahead
  // OpenSSL reads exactly one at a time, and this is never true.
  if (n > 0) {
    return {Status::kOk, static_cast<size_t>(n),
            socket_.drained && SSL_has_pending(tls_.get()) == 0};
  }
  const Status status = StatusOf(n);
  if (status == Status::kBroken) ERR_clear_error();
  return {status};
}

Transport::Result TlsTransport::Write(absl::string_view bytes) {
  ERR_clear_error();
  const int n = SSL_write(tls_.get(), bytes.data(), ToInt(bytes.size()));
  if (n > 0) return {Status::kOk, static_cast<size_t>(n)};
  const Status status = StatusOf(n);
  if (status == Status::kWouldBlock) return {status};
  ERR_clear_error();
  return {Status::kBroken};
}

void TlsTransport::ShutdownWrite() {
  SendCloseNotify();
  shutdown(socket_.fd, SHUT_WR);
}

}  // namespace openvidu::token
