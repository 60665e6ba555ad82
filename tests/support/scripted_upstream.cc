#include "tests/support/scripted_upstream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/listener.h"

namespace openvidu::token {

ScriptedUpstream::ScriptedUpstream(Script script) : script_(std::move(script)) {
  const absl::StatusOr<Listener> listener = ListenTcp("127.0.0.1:0");
  if (!listener.ok()) std::abort();
  listener_ = listener->fd;
  port_ = listener->port;
  acceptor_ = std::thread([this] { Accept(); });
}

ScriptedUpstream::~ScriptedUpstream() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (const int fd : fds_) shutdown(fd, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  for (const int fd : fds_) close(fd);
  close(listener_);
}

void ScriptedUpstream::Accept() {
  while (true) {
    pollfd waiting{listener_, POLLIN, 0};
    poll(&waiting, 1, -1);
    const int fd = accept(listener_, nullptr, nullptr);
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) {
      if (fd >= 0) close(fd);
      return;
    }
    if (fd < 0) continue;
    fds_.push_back(fd);
    threads_.emplace_back([this, fd] {
      Peer peer(fd, *this);
      script_(peer);
      shutdown(fd, SHUT_RDWR);
    });
  }
}

std::string ScriptedUpstream::url() const { return absl::StrCat("http://127.0.0.1:", port_); }

std::vector<std::string> ScriptedUpstream::requests() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

int ScriptedUpstream::connections() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(fds_.size());
}

bool ScriptedUpstream::Peer::Stopping() const {
  std::lock_guard<std::mutex> lock(upstream_.mutex_);
  return upstream_.stopping_;
}

bool ScriptedUpstream::Peer::ReadRequest() {
  std::string request;
  size_t wanted = std::string::npos;
  char buffer[65536];
  while (request.size() < wanted) {
    const ssize_t n = recv(fd_, buffer, sizeof(buffer), 0);
    if (n <= 0) return false;
    request.append(buffer, static_cast<size_t>(n));
    const size_t head_end = request.find("\r\n\r\n");
    if (wanted != std::string::npos || head_end == std::string::npos) continue;
    const size_t header = request.find("Content-Length: ");
    size_t length = 0;
    if (header < head_end) {
      const size_t value = header + 16;
      if (!absl::SimpleAtoi(request.substr(value, request.find("\r\n", value) - value), &length)) {
        return false;
      }
    }
    wanted = head_end + 4 + length;
  }
  std::lock_guard<std::mutex> lock(upstream_.mutex_);
  upstream_.requests_.push_back(std::move(request));
  return true;
}

void ScriptedUpstream::Peer::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void ScriptedUpstream::Peer::Reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  // The reset goes out when the last descriptor is closed; the upstream keeps its own number valid.
  const int copy = open("/dev/null", O_RDONLY);
  dup2(copy, fd_);
  close(copy);
}

std::string HttpAnswerText(int status, absl::string_view body, absl::string_view content_type) {
  return absl::StrCat("HTTP/1.1 ", status, " \r\nContent-Type: ", content_type,
                      "\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

}  // namespace openvidu::token
