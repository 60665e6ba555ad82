// What observers hear of the gateway's requests, above all by which route they came.
#include <gmock/gmock.h>
#include <httplib.h>

#include <mutex>

#include "absl/strings/str_cat.h"
#include "client/token_client.h"
#include "gateway/gateway_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

class RecordingObserver final : public HttpObserver {
 public:
  void OnAnswer(const ObservedRequest& observed, const ObservedAnswer& answer) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    last_ = absl::StrCat(observed.method, " ", observed.route, " ", answer.status);
    has_request_id_ = answer.headers->count("X-Request-Id") == 1;
  }
  std::string last() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return last_;
  }
  bool has_request_id() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return has_request_id_;
  }

 private:
  std::mutex mutex_;
  std::string last_;
  bool has_request_id_ = false;
};

class RoutesTest : public testing::Test {
 protected:
  void Start(const SiteOptions& site) {
    GatewayOptions options;
    options.http.listen_address = "127.0.0.1:0";
    options.http.limits.max_body_bytes = 100;
    options.site = site;
    auto gateway = GatewayServer::Start(
        options, *TokenClient::Create({.server_address = "127.0.0.1:1"}), *reactor_, {&observer_});
    ASSERT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
  }

  /// What the observer hears of it.
  std::string Send(const std::string& method, const std::string& path,
                   const std::string& body = "") {
    httplib::Client client("127.0.0.1", gateway_->port());
    client.set_url_encode(false);
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    if (!body.empty()) request.set_header("Content-Type", "application/json");
    EXPECT_TRUE(client.send(request)) << method << " " << path;
    return observer_.last();
  }

  RecordingObserver observer_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  std::unique_ptr<GatewayServer> gateway_;
};

TEST_F(RoutesTest, AreTemplates) {
  Start({.ui = true});
  EXPECT_EQ(Send("POST", "/api/sessions?x=/join", "{"), "POST /api/sessions 400");
  EXPECT_EQ(Send("POST", "/api/sessions/room-1/connections", "{"),
            "POST /api/sessions/{id}/connections 400");
  EXPECT_EQ(Send("POST", "/api/sessions/a%2Fb/join/", "{"), "POST /api/sessions/{id}/join 400");
  EXPECT_TRUE(observer_.has_request_id());
  EXPECT_EQ(Send("GET", "/api/sessions/room-1/join"), "GET /api/sessions/{id}/join 405");
  EXPECT_EQ(Send("GET", "/healthz"), "GET /healthz 200");
  EXPECT_EQ(Send("GET", "/readyz"), "GET /readyz 503");
  EXPECT_EQ(Send("GET", "/docs"), "GET site 200");
  EXPECT_EQ(Send("GET", "/a"), "GET other 404");
  EXPECT_EQ(Send("GET", "/api/a/b"), "GET other 404");
}

TEST_F(RoutesTest, WhatTheFrontRefusesHasOneToo) {
  Start({});
  EXPECT_EQ(Send("POST", "/api/sessions/room-1/connections", std::string(101, ' ')),
            "POST /api/sessions/{id}/connections 413");
  EXPECT_TRUE(observer_.has_request_id());
}

TEST_F(RoutesTest, AllOfAFrontEndIsOne) {
  const TempFolder folder;
  Start({.static_dir = folder.path()});
  EXPECT_EQ(Send("GET", "/some/page.html"), "GET site 404");
}

}  // namespace
}  // namespace openvidu::token
