#ifndef TESTS_HTTP_SERVER_UNDER_TEST_H_
#define TESTS_HTTP_SERVER_UNDER_TEST_H_

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "http/http_server.h"
#include "net/reactor.h"
#include "tests/http/gate.h"
#include "tests/http/raw_client.h"

namespace openvidu::token {

inline HttpServerOptions OnAnyPort() {
  HttpServerOptions options;
  options.listen_address = "127.0.0.1:0";
  return options;
}

inline std::unique_ptr<Reactor> StartReactor() {
  auto reactor = Reactor::Start("test");
  EXPECT_TRUE(reactor.ok()) << reactor.status();
  return *std::move(reactor);
}

/// A server that answers `METHOD target body`; /inline on the loop's thread; /wait only when the
/// gate opens, and counts those that wait; /throw not at all; /large with `kLargeBytes` bytes;
/// /later when AnswerLater() is called; /names with those in the client's certificate.
class ServerUnderTest {
 public:
  explicit ServerUnderTest(HttpServerOptions options = OnAnyPort(),
                           std::vector<HttpObserver*> observers = {}) {
    HttpCallbacks callbacks;
    callbacks.handler = [this](const httplib::Request& request, HttpReply reply) {
      Handle(request, std::move(reply));
    };
    callbacks.runs_inline = [](const httplib::Request& request) {
      return request.target == "/inline" || request.target == "/later";
    };
    callbacks.observers = std::move(observers);
    callbacks.route_of = [](const httplib::Request& request) {
      return request.target == "/inline" ? "inline" : "other";
    };
    auto started = HttpServer::Start(options, callbacks, *reactor_);
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }
  ~ServerUnderTest() {
    gate_.Arrive();
    server_ = nullptr;
  }

  RawClient Connect() { return RawClient(server_->port()); }
  HttpServer& server() { return *server_; }
  Reactor& reactor() { return *reactor_; }
  int port() const { return server_->port(); }
  HttpServerState state() {
    HttpServerState state;
    reactor_->RunAndWait([&] { state = server_->state(); });
    return state;
  }
  int waiting() const { return waiting_; }
  void OpenGate() { gate_.Arrive(); }
  /// The right to answer the oldest /later that is not answered; waits for one.
  HttpReply TakeLater() {
    std::unique_lock<std::mutex> lock(mutex_);
    arrived_.wait(lock, [this] { return !later_.empty(); });
    HttpReply reply = std::move(later_.front());
    later_.pop_front();
    return reply;
  }

  static constexpr size_t kLargeBytes = 32 << 20;  // more than two socket buffers hold

 private:
  void Handle(const httplib::Request& request, HttpReply reply) {
    if (request.target == "/later") {
      const std::lock_guard<std::mutex> lock(mutex_);
      later_.push_back(std::move(reply));
      arrived_.notify_all();
      return;
    }
    if (request.target == "/wait") {
      ++waiting_;
      gate_.Wait();
    }
    if (request.target == "/throw") throw std::runtime_error("secret");
    httplib::Response response;
    if (request.target == "/names") {
      response.set_content(absl::StrJoin(reply.certificate_names(), " "), "text/plain");
    } else if (request.target == "/large") {
      response.set_content(std::string(kLargeBytes, 'l'), "text/plain");
    } else {
      response.set_content(request.method + " " + request.target + " " + request.body,
                           "text/plain");
    }
    reply.Send(std::move(response));
  }

  const std::unique_ptr<Reactor> reactor_ = StartReactor();
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<HttpReply> later_;
  Gate gate_{1};
  std::atomic<int> waiting_{0};
  std::unique_ptr<HttpServer> server_;
};

/// A request without a body.
inline std::string Simple(const std::string& target, const std::string& method = "GET") {
  return method + " " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

}  // namespace openvidu::token

#endif  // TESTS_HTTP_SERVER_UNDER_TEST_H_
