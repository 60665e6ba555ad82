#include "emulator/http_server.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/host_port.h"
#include "common/listener.h"
#include "common/log.h"

namespace openvidu::emulator {
namespace {

constexpr size_t kMaxConnections = 8192;  // Tomcat's default
constexpr absl::Duration kFinishingTime = absl::Seconds(1);
// JSON may be nested a thousand deep, and sanitizers' frames are larger.
#ifdef TOKEN_SANITIZED
constexpr size_t kStackBytes = 4 << 20;
#else
constexpr size_t kStackBytes = 1 << 20;
#endif

// std::thread cannot be told the size of its stack, and 8 MB for each of thousands is too much for
// some limits.
bool RunDetached(std::function<void()> work) {
  auto* argument = new std::function<void()>(std::move(work));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const auto run = [](void* raw) -> void* {
    const std::unique_ptr<std::function<void()>> owned(static_cast<std::function<void()>*>(raw));
    (*owned)();
    return nullptr;
  };
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, run, argument);
  pthread_attr_destroy(&attributes);
  if (error != 0) delete argument;
  return error == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(absl::string_view host_port,
                                                              HttpHandler& handler) {
  const absl::StatusOr<token::Listener> listener = token::ListenTcp(host_port);
  if (!listener.ok()) return listener.status();
  return std::unique_ptr<HttpServer>(new HttpServer(
      listener->fd, listener->port, token::WithPort(host_port, listener->port), handler));
}

HttpServer::HttpServer(int fd, int port, std::string host_port, HttpHandler& handler)
    : port_(port),
      host_port_(std::move(host_port)),
      handler_(handler),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listen_fd_(fd),
      accept_thread_([this] { AcceptLoop(); }) {}

HttpServer::~HttpServer() {
  Drain(absl::ZeroDuration());
  Finish();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_stopping_ = true;
  }
  Wake();
  accept_thread_.join();
  close(wake_fd_);
}

void HttpServer::Wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
}

void HttpServer::AcceptLoop() {
  while (true) {
    int listen_fd = -1;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (listen_fd_ >= 0 && !WantsListening()) {
        close(listen_fd_);
        listen_fd_ = -1;
      }
      if (is_stopping_) return;
      if (listen_fd_ < 0 && WantsListening()) {
        const absl::StatusOr<token::Listener> listener = token::ListenTcp(host_port_);
        if (listener.ok()) {
          listen_fd_ = listener->fd;
        } else {
          token::LogWarning(absl::StrCat("cannot listen again: ", listener.status().message()));
        }
      }
      changed_.notify_all();
      if (connections_.size() < kMaxConnections) listen_fd = listen_fd_;
    }
    pollfd fds[] = {{.fd = wake_fd_, .events = POLLIN, .revents = 0},
                    {.fd = listen_fd, .events = POLLIN, .revents = 0}};
    // Without a listener it looks every now and then whether there is room or the port is free
    // again.
    poll(fds, 2, listen_fd < 0 ? 50 : -1);
    if ((fds[0].revents & POLLIN) != 0) {
      uint64_t count = 0;
      [[maybe_unused]] const ssize_t size = read(wake_fd_, &count, sizeof count);
      continue;
    }
    if (listen_fd < 0 || (fds[1].revents & POLLIN) == 0) continue;
    const int fd = accept4(listen_fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      Spawn(fd);
    } else if (errno == EMFILE || errno == ENFILE) {
      absl::SleepFor(absl::Milliseconds(50));
    }
  }
}

void HttpServer::Spawn(int fd) {
  auto connection = std::make_shared<HttpConnection>(fd, handler_, is_draining_);
  std::lock_guard<std::mutex> lock(mutex_);
  const bool started = RunDetached([this, connection]() mutable {
    connection->Serve();
    HttpConnection* const key = connection.get();
    std::lock_guard<std::mutex> inner_lock(mutex_);
    connections_.erase(key);
    connection.reset();  // closes the socket before Drain() may return
    changed_.notify_all();
  });
  if (started) connections_.insert(connection.get());
}

void HttpServer::StopListening() {
  std::unique_lock<std::mutex> lock(mutex_);
  wants_listening_ = false;
  Wake();
  changed_.wait(lock, [this] { return listen_fd_ < 0; });
}

void HttpServer::ResumeListening() {
  std::unique_lock<std::mutex> lock(mutex_);
  wants_listening_ = true;
  Wake();
  changed_.wait_for(lock, std::chrono::seconds(5), [this] { return listen_fd_ >= 0; });
}

void HttpServer::RefuseFor(absl::Duration duration) {
  std::unique_lock<std::mutex> lock(mutex_);
  refuse_until_ = absl::Now() + duration;
  Wake();
  changed_.wait(lock, [this] { return listen_fd_ < 0 || absl::Now() >= refuse_until_; });
}

void HttpServer::CutIdle() {
  std::unique_lock<std::mutex> lock(mutex_);
  // A client that has its answer may be here before its connection's thread is: a moment for that.
  WhileBusy(lock, absl::Now() + kFinishingTime);
  for (HttpConnection* connection : connections_) {
    if (!connection->is_busy()) connection->Cut();
  }
}

void HttpServer::CutAll() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (HttpConnection* connection : connections_) connection->Cut();
  changed_.wait_for(lock, std::chrono::seconds(2), [this] { return connections_.empty(); });
}

void HttpServer::Drain(absl::Duration grace) {
  StopListening();
  is_draining_ = true;
  const absl::Time deadline = absl::Now() + grace;
  std::unique_lock<std::mutex> lock(mutex_);
  WhileBusy(lock, deadline);
}

void HttpServer::WhileBusy(std::unique_lock<std::mutex>& lock, absl::Time deadline) {
  const auto is_any_busy = [this] {
    return std::any_of(connections_.begin(), connections_.end(),
                       [](const HttpConnection* connection) { return connection->is_busy(); });
  };
  while (is_any_busy() && absl::Now() < deadline) {
    changed_.wait_for(lock, std::chrono::milliseconds(20));
  }
}

void HttpServer::Finish() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!connections_.empty()) {
    for (HttpConnection* connection : connections_) connection->Cut();
    changed_.wait_for(lock, std::chrono::milliseconds(100));
  }
}

}  // namespace openvidu::emulator
