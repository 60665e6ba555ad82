#include "server/openvidu/upstream_stream.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace openvidu::token {
namespace {

constexpr size_t kReceiveBytes = 16 * 1024;
constexpr char kHeadEnd[] = "\r\n\r\n";

}  // namespace

bool WaitForSocket(int fd, short events, absl::Time deadline) {
  while (true) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    pollfd waiting{fd, events, 0};
    // Rounded up, so that the last millisecond is not spent spinning.
    const int64_t milliseconds = std::min<int64_t>(absl::ToInt64Milliseconds(left) + 1, 60'000);
    const int ready = poll(&waiting, 1, static_cast<int>(milliseconds));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // the next read or write says what is wrong
  }
}

bool UpstreamStream::Fail(TransportFailure failure) {
  if (failure_ == TransportFailure::kNone) failure_ = failure;
  return false;
}

ssize_t UpstreamStream::write(const char* data, size_t size) {
  if (failure_ != TransportFailure::kNone) return -1;
  out_.append(data, size);
  return static_cast<ssize_t>(size);
}

bool UpstreamStream::Flush() {
  size_t sent = 0;
  while (sent < out_.size()) {
    short wait = POLLOUT;
    if (tls_ != nullptr) {
      ERR_clear_error();
      const int n = SSL_write(tls_, out_.data() + sent, static_cast<int>(out_.size() - sent));
      if (n > 0) {
        sent += static_cast<size_t>(n);
        continue;
      }
      const int error = SSL_get_error(tls_, n);
      if (error == SSL_ERROR_WANT_READ) {
        wait = POLLIN;
      } else if (error != SSL_ERROR_WANT_WRITE) {
        return Fail(TransportFailure::kSend);
      }
    } else {
      const ssize_t n = send(fd_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
      if (n > 0) {
        sent += static_cast<size_t>(n);
        continue;
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return Fail(TransportFailure::kSend);
    }
    if (!WaitForSocket(fd_, wait, deadline_)) return Fail(TransportFailure::kAnswerDeadline);
  }
  out_.clear();
  return true;
}

bool UpstreamStream::Receive() {
  if (ended_ || failure_ != TransportFailure::kNone) return false;
  char buffer[kReceiveBytes];
  while (true) {
    short wait = POLLIN;
    ssize_t n = 0;
    if (tls_ != nullptr) {
      ERR_clear_error();
      n = SSL_read(tls_, buffer, sizeof(buffer));
      const int error = n > 0 ? SSL_ERROR_NONE : SSL_get_error(tls_, static_cast<int>(n));
      if (error == SSL_ERROR_WANT_WRITE) wait = POLLOUT;
      if (error == SSL_ERROR_ZERO_RETURN) n = 0;
      if (error != SSL_ERROR_NONE && error != SSL_ERROR_ZERO_RETURN &&
          error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        return Fail(in_.empty() ? TransportFailure::kNoAnswer : TransportFailure::kCutAnswer);
      }
      if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) n = -1;
    } else {
      n = recv(fd_, buffer, sizeof(buffer), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        return Fail(in_.empty() ? TransportFailure::kNoAnswer : TransportFailure::kCutAnswer);
      }
    }
    if (n > 0) {
      if (in_.size() + static_cast<size_t>(n) > kMaxAnswerBytes) {
        return Fail(TransportFailure::kAnswerTooLarge);
      }
      in_.append(buffer, static_cast<size_t>(n));
      return true;
    }
    if (n == 0) {
      ended_ = true;
      return false;
    }
    if (!WaitForSocket(fd_, wait, deadline_)) return Fail(TransportFailure::kAnswerDeadline);
  }
}

bool UpstreamStream::HeadIsSane(size_t head_end) const {
  const absl::string_view head = absl::string_view(in_).substr(0, head_end);
  const size_t line = std::min(head.find("\r\n"), head.size());
  if (line > kMaxStatusLineBytes || line < 12 || !absl::StartsWith(head, "HTTP/1.")) return false;
  // "HTTP/1.1 200" and then a space before the reason phrase, or nothing (RFC 9112 §4).
  return head[8] == ' ' && absl::ascii_isdigit(head[9]) && absl::ascii_isdigit(head[10]) &&
         absl::ascii_isdigit(head[11]) && (line == 12 || head[12] == ' ');
}

bool UpstreamStream::ReadHead() {
  while (true) {
    const size_t end = in_.find(kHeadEnd);
    const size_t seen = std::min(end, in_.size());
    if (end != std::string::npos || seen > kMaxStatusLineBytes) {
      if (!HeadIsSane(seen)) return Fail(TransportFailure::kNotHttp);
    }
    if (end != std::string::npos) return head_read_ = true;
    if (in_.size() > kMaxHeadBytes) return Fail(TransportFailure::kAnswerTooLarge);
    if (!Receive()) {
      if (in_.empty()) return Fail(TransportFailure::kNoAnswer);
      // A few bytes that cannot become a status line are no cut answer.
      return Fail(absl::StartsWith(in_, absl::string_view("HTTP/1.").substr(0, in_.size()))
                      ? TransportFailure::kCutAnswer
                      : TransportFailure::kNotHttp);
    }
  }
}

ssize_t UpstreamStream::read(char* out, size_t size) {
  if (!out_.empty() && !Flush()) return -1;
  if (!head_read_ && !ReadHead()) return -1;
  if (read_ == in_.size() && !Receive()) return failure_ == TransportFailure::kNone ? 0 : -1;
  const size_t taken = std::min(size, in_.size() - read_);
  std::memcpy(out, in_.data() + read_, taken);
  read_ += taken;
  return static_cast<ssize_t>(taken);
}

void UpstreamStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void UpstreamStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace openvidu::token
