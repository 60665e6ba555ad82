#ifndef TESTS_HTTP_SERVER_UNDER_TEST_H_
#define TESTS_HTTP_SERVER_UNDER_TEST_H_

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "http/http_server.h"
#include "tests/http/gate.h"
#include "tests/http/raw_client.h"

namespace openvidu::token {

inline HttpServerOptions OnAnyPort() {
  HttpServerOptions options;
  options.listen_address = "127.0.0.1:0";
  return options;
}

/// A server that answers `METHOD target body`; /inline on the loop's thread; /wait only when `gate`
/// opens, and counts those that wait; /throw not at all; /large with `large_bytes` bytes.
class ServerUnderTest {
 public:
  explicit ServerUnderTest(HttpServerOptions options = OnAnyPort()) {
    HttpCallbacks callbacks;
    callbacks.handler = [this](const httplib::Request& request, httplib::Response& response) {
      Handle(request, response);
    };
    callbacks.runs_inline = [](absl::string_view, absl::string_view path) {
      return path == "/inline";
    };
    auto started = HttpServer::Start(options, callbacks);
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }
  ~ServerUnderTest() { gate_.Arrive(); }

  RawClient Connect() { return RawClient(server_->port()); }
  HttpServer& server() { return *server_; }
  int port() const { return server_->port(); }
  int waiting() const { return waiting_; }
  void OpenGate() { gate_.Arrive(); }

  static constexpr size_t kLargeBytes = 32 << 20;  // more than two socket buffers hold

 private:
  void Handle(const httplib::Request& request, httplib::Response& response) {
    if (request.target == "/wait") {
      ++waiting_;
      gate_.Wait();
    }
    if (request.target == "/throw") throw std::runtime_error("secret");
    if (request.target == "/large") {
      response.set_content(std::string(kLargeBytes, 'l'), "text/plain");
      return;
    }
    response.set_content(request.method + " " + request.target + " " + request.body, "text/plain");
  }

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
