#include "net/tls_transport.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <utility>

namespace openvidu::token {
namespace {

int ToInt(size_t size) { return static_cast<int>(std::min<size_t>(size, INT_MAX)); }

}  // namespace

TlsTransport::TlsTransport(int fd, Tls tls) : fd_(fd), tls_(std::move(tls)) {
  SSL_set_fd(tls_.get(), fd_);
}

TlsTransport::~TlsTransport() {
  // Else OpenSSL takes a session that was not shut down for a bad one, and never resumes it.
  SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  close(fd_);
}

Transport::Status TlsTransport::Handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(tls_.get());
  if (done == 1) return Status::kOk;
  const int error = SSL_get_error(tls_.get(), done);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? Status::kWouldBlock
                                                                       : Status::kBroken;
}

Transport::Result TlsTransport::Read(char* buffer, size_t size) {
  ERR_clear_error();
  const int n = SSL_read(tls_.get(), buffer, ToInt(size));
  // Never "drained": a record may hold more than was asked for, and another may stand behind it.
  if (n > 0) return {Status::kOk, static_cast<size_t>(n)};
  switch (SSL_get_error(tls_.get(), n)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {Status::kWouldBlock};
    case SSL_ERROR_ZERO_RETURN:
      return {Status::kEnd};
    default:
      ERR_clear_error();
      return {Status::kBroken};
  }
}

Transport::Result TlsTransport::Write(absl::string_view bytes) {
  ERR_clear_error();
  const int n = SSL_write(tls_.get(), bytes.data(), ToInt(bytes.size()));
  if (n > 0) return {Status::kOk, static_cast<size_t>(n)};
  const int error = SSL_get_error(tls_.get(), n);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return {Status::kWouldBlock};
  ERR_clear_error();
  return {Status::kBroken};
}

void TlsTransport::ShutdownWrite() {
  ERR_clear_error();
  SSL_shutdown(tls_.get());
  ERR_clear_error();
  shutdown(fd_, SHUT_WR);
}

}  // namespace openvidu::token
