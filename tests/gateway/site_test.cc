#include "gateway/site.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "client/token_client.h"
#include "common/version.h"
#include "gateway/gateway_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A gateway with nothing behind it.
class SiteTest : public testing::Test {
 protected:
  void Start(const SiteOptions& site) {
    GatewayOptions options;
    options.http.listen_address = "127.0.0.1:0";
    options.site = site;
    options.rate_limit = {.rate = 0.001, .burst = 1};
    auto gateway = GatewayServer::Start(
        options, *TokenClient::Create({.server_address = "127.0.0.1:1"}), *reactor_);
    ASSERT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
    client_ = std::make_unique<httplib::Client>("127.0.0.1", gateway_->port());
    client_->set_url_encode(false);
  }

  httplib::Response Send(const std::string& method, const std::string& path,
                         const httplib::Headers& headers = {}) {
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.headers = headers;
    const httplib::Result result = client_->send(request);
    EXPECT_TRUE(result) << method << " " << path;
    return result ? *result : httplib::Response();
  }

  const TempFolder folder_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  std::unique_ptr<GatewayServer> gateway_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(SiteTest, TheDescriptionIsAlwaysThere) {
  Start({});
  const httplib::Response response = Send("GET", "/openapi.json?x");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(response.get_header_value("Access-Control-Allow-Origin"), "*");
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  EXPECT_EQ(json.value("openapi", ""), "3.1.1");
  EXPECT_EQ(json["info"].value("version", ""), TOKEN_VERSION);
  const httplib::Response again =
      Send("GET", "/openapi.json", {{"If-None-Match", response.get_header_value("ETag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(Send("POST", "/openapi.json").status, 405);
}

TEST_F(SiteTest, WithoutUiAndFolderThereIsNothing) {
  Start({});
  for (const char* path : {"/", "/_try", "/docs", "/_ui/style.css", "/index.html"}) {
    EXPECT_EQ(Send("GET", path).status, 404) << path;
  }
}

TEST_F(SiteTest, ThePagesLoadNothingFromElsewhere) {
  Start({.ui = true});
  for (const char* path : {"/", "/_try", "/docs"}) {
    const httplib::Response page = Send("GET", path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.get_header_value("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.get_header_value("Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
              "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    EXPECT_EQ(page.get_header_value("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(page.get_header_value("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(page.get_header_value("X-Frame-Options"), "DENY");
    EXPECT_THAT(page.get_header_value("Permissions-Policy"), HasSubstr("camera=()"));
    EXPECT_THAT(page.body, Not(HasSubstr("http"))) << path;
    EXPECT_THAT(page.body, Not(HasSubstr("style="))) << path;
  }
  const httplib::Response style = Send("GET", "/_ui/style.css");
  EXPECT_EQ(style.get_header_value("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(Send("GET", "/_ui/nope").status, 404);
  EXPECT_EQ(Send("GET", "/nope").status, 404);
}

TEST_F(SiteTest, TheTryItPageSaysWhereGrpcIs) {
  Start({.ui = true});
  const httplib::Response usual = Send("GET", "/_try");
  EXPECT_THAT(usual.body, HasSubstr("<meta name=\"grpc\" content=\"plaintext:50051\">"));
  Start({.ui = true, .grpc_port = 50999, .grpc_tls = true});
  const httplib::Response other = Send("GET", "/_try");
  EXPECT_THAT(other.body, HasSubstr("<meta name=\"grpc\" content=\"tls:50999\">"));
  EXPECT_EQ(Send("GET", "/_ui/try.html").body, other.body);
  EXPECT_NE(other.get_header_value("ETag"), usual.get_header_value("ETag"));
  EXPECT_EQ(Send("GET", "/_try", {{"If-None-Match", other.get_header_value("ETag")}}).status, 304);
}

TEST_F(SiteTest, AFolderIsServedBesideTheApiAndThePages) {
  folder_.Write("index.html", "<p>app");
  folder_.Write("docs", "shadowed");
  Start({.ui = true, .static_dir = folder_.path()});
  const httplib::Response home = Send("GET", "/");
  EXPECT_EQ(home.body, "<p>app");
  EXPECT_EQ(home.get_header_value("Accept-Ranges"), "bytes");
  EXPECT_FALSE(home.has_header("Content-Security-Policy"));
  EXPECT_EQ(Send("GET", "/", {{"Range", "bytes=1-1"}}).body, "p");
  const httplib::Response head = Send("HEAD", "/");
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.get_header_value("Content-Length"), "6");
  EXPECT_THAT(Send("GET", "/_try").body, HasSubstr("_ui/try.js"));
  EXPECT_THAT(Send("GET", "/docs").body, HasSubstr("_ui/docs.js"));
  EXPECT_EQ(Send("GET", "/api/sessions").status, 405);
  EXPECT_EQ(Send("GET", "/api/nope").status, 404);
  EXPECT_EQ(Send("DELETE", "/index.html").status, 405);
  EXPECT_EQ(Send("GET", "/../x").status, 404);
}

TEST_F(SiteTest, LoadingAPageIsNotCounted) {
  Start({.ui = true});
  for (int i = 0; i < 3; ++i) {
    const httplib::Response page = Send("GET", "/");
    EXPECT_EQ(page.status, 200);
    EXPECT_FALSE(page.has_header("RateLimit-Limit"));
  }
}

TEST_F(SiteTest, AFolderThatIsNoneIsNamedAtStart) {
  GatewayOptions options;
  options.site.static_dir = "/nonexistent";
  EXPECT_THAT(GatewayServer::Check(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'/nonexistent'")));
}

}  // namespace
}  // namespace openvidu::token
