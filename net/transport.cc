#include "net/transport.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace openvidu::token {
namespace {

Transport::Status StatusOfErrno() {
  return errno == EAGAIN || errno == EWOULDBLOCK ? Transport::Status::kWouldBlock
                                                 : Transport::Status::kBroken;
}

}  // namespace

TcpTransport::~TcpTransport() {
  if (fd_ >= 0) close(fd_);
}

Transport::Result TcpTransport::Read(char* buffer, size_t size) {
  ssize_t n;
  do {
    n = recv(fd_, buffer, size, 0);
  } while (n < 0 && errno == EINTR);
  if (n == 0) return {Status::kEnd};
  if (n < 0) return {StatusOfErrno()};
  // epoll(7): a read that gives less than was asked for has emptied the socket.
  return {Status::kOk, static_cast<size_t>(n), static_cast<size_t>(n) < size};
}

Transport::Result TcpTransport::Write(absl::string_view bytes) {
  ssize_t n;
  do {
    n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return {StatusOfErrno()};
  return {Status::kOk, static_cast<size_t>(n)};
}

void TcpTransport::ShutdownWrite() { shutdown(fd_, SHUT_WR); }

}  // namespace openvidu::token
