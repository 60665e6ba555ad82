// How EventLoop takes new connections, and what it does when it cannot.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "http/event_loop.h"

namespace openvidu::token {
namespace {

constexpr int kAcceptsPerTurn = 64;
// Over the limit of connections, so many at a time are told so; more are closed without a word.
constexpr size_t kMaxRejected = 256;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kWarningInterval{10};

HttpPeer PeerOf(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    return {text, ntohs(v4.sin_port), nullptr};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof(text));
  } else {
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
  }
  return {text, ntohs(v6.sin6_port), nullptr};
}

}  // namespace

void EventLoop::Listen() {
  if (draining_ || listener_fd_ < 0) return;
  accepting_ = reactor_.Watch(listener_fd_, EPOLLIN, this);
  if (!accepting_) ListenLater();
}

void EventLoop::OnEvents(uint32_t /*events*/) {
  if (accepting_) Accept();
}

bool EventLoop::Accept() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    const int fd = accept4(listener_fd_, reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Add(fd, PeerOf(address));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return false;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      HandleAcceptError(errno);
      return false;
    }  // else it failed before it was accepted, see accept(2); the next one may do better
  }
  return true;
}

void EventLoop::Add(int fd, HttpPeer peer) {
  size_t open = 0;
  for (const auto& list : phases_) open += list.size();
  open -= InPhase(Phase::kClosed).size() + rejected_;
  const bool rejected = open >= options_.max_connections;
  if (rejected && rejected_ >= kMaxRejected) {
    close(fd);
    return;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

  std::list<Connection>& idle = InPhase(Phase::kIdle);
  idle.emplace_back(this, fd, std::move(peer), &options_.limits);
  Connection* const connection = &idle.back();
  connection->self = std::prev(idle.end());
  connection->recognised = tls_ == nullptr;
  connection->rejected = rejected;
  connection->began = reactor_.now();
  rejected_ += rejected ? 1 : 0;
  MoveTo(connection, rejected ? Phase::kHandshake : Phase::kIdle);

  // Both directions, by the edge, once and for all: no request costs an epoll_ctl.
  if (!reactor_.Watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, connection)) {
    Close(connection);
  } else if (rejected) {
    TurnAway(connection);
  }
}

// No descriptor or no memory is left. The oldest idle client gives way; where there is none,
// clients wait in the backlog for a moment, since the listening socket would stay readable and the
// loop would spin.
void EventLoop::HandleAcceptError(int error) {
  if (reactor_.now() >= next_warning_) {
    LogWarning(absl::StrCat("cannot accept HTTP connections: ", std::strerror(error)));
    next_warning_ = reactor_.now() + kWarningInterval;
  }
  if (!InPhase(Phase::kIdle).empty()) {
    Close(&InPhase(Phase::kIdle).front());
    return;
  }
  accepting_ = false;
  reactor_.Unwatch(listener_fd_, this);
  ListenLater();
}

void EventLoop::ListenLater() {
  listen_timer_ = reactor_.RunAt(reactor_.now() + kAcceptPause, [this] { Listen(); });
}

}  // namespace openvidu::token
