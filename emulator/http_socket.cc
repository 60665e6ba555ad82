#include "emulator/http_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "absl/time/clock.h"

namespace openvidu::emulator {
namespace {

constexpr absl::Duration kSendTimeout = absl::Seconds(60);

bool WaitFor(int fd, int16_t events, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    pollfd poll_fd{.fd = fd, .events = events, .revents = 0};
    const int64_t left =
        absl::ToInt64Milliseconds(deadline - absl::Now() + absl::Microseconds(999));
    const int ready = poll(&poll_fd, 1, static_cast<int>(left < 0 ? 0 : left));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

HttpSocket::HttpSocket(int fd) : fd_(fd) {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

HttpSocket::~HttpSocket() { close(fd_); }

void HttpSocket::Consume(size_t bytes) {
  used_ += bytes;
  if (used_ == buffer_.size()) {
    buffer_.clear();
    used_ = 0;
    if (buffer_.capacity() > 1 << 20) buffer_.shrink_to_fit();
  }
}

HttpSocket::Received HttpSocket::Receive(absl::Duration timeout) {
  if (used_ > 0) {
    buffer_.erase(0, used_);
    used_ = 0;
  }
  char chunk[16384];
  while (true) {
    const ssize_t size = recv(fd_, chunk, sizeof chunk, 0);
    if (size > 0) {
      buffer_.append(chunk, size);
      return Received::kData;
    }
    if (size == 0) return Received::kEnd;
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return Received::kEnd;
    if (!WaitFor(fd_, POLLIN, timeout)) return Received::kTimeout;
  }
}

bool HttpSocket::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size > 0) {
      bytes.remove_prefix(size);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!WaitFor(fd_, POLLOUT, kSendTimeout)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool HttpSocket::Pause(absl::Duration duration) {
  // POLLHUP and POLLERR are reported without being asked for.
  return duration <= absl::ZeroDuration() || !WaitFor(fd_, 0, duration);
}

void HttpSocket::FinishSending() {
  if (is_reset_wanted_) return;
  shutdown(fd_, SHUT_WR);
  // A close with unread bytes sends RST, which could overtake the answer.
  char chunk[16384];
  while (recv(fd_, chunk, sizeof chunk, 0) > 0) {
  }
}

void HttpSocket::ResetOnClose() {
  is_reset_wanted_ = true;
  const linger abort{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
}

void HttpSocket::Cut() { shutdown(fd_, SHUT_RDWR); }

}  // namespace openvidu::emulator
