#include "gateway/gateway_server.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/token_server.h"
#include "tests/support/recording_token_service.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr char kToken[] = "wss://localhost:4443?sessionId=room-1&token=tok_A";

/// The gateway over real sockets, with a server in the same process behind it, and an OpenVidu that
/// answers 200 to every request.
class GatewayServerTest : public testing::Test {
 protected:
  GatewayServerTest()
      : upstream_([](ScriptedUpstream::Peer& peer) {
          while (peer.ReadRequest()) {
            peer.Send(HttpAnswerText(
                200, Json{{"sessionId", "room-1"}, {"connectionId", "con_A"}, {"token", kToken}}
                         .dump()));
          }
        }) {
    TokenServerOptions server_options;
    server_options.listen_address = "127.0.0.1:0";
    server_options.openvidu.url = upstream_.url();
    server_options.openvidu.secret = "MY_SECRET";
    server_options.access.policy.policy = "sample";
    auto server = TokenServer::Start(server_options, *reactor_);
    EXPECT_THAT(server, IsOk());
    server_ = *std::move(server);
    StartGateway(std::make_unique<TokenClient>(
        server_->service(),
        [this](absl::Duration, TokenClient::HealthDone done) {
          done(server_->serving() ? absl::OkStatus() : absl::UnavailableError("stopping"));
        },
        absl::Seconds(60)));
  }

  void StartGateway(std::unique_ptr<TokenClient> token_client) {
    GatewayOptions& options = gateway_options_;
    options.http.listen_address = "127.0.0.1:0";
    options.http.limits.max_body_bytes = 1000;
    auto gateway = GatewayServer::Start(options, std::move(token_client), *reactor_);
    EXPECT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
    client_ = std::make_unique<httplib::Client>("127.0.0.1", gateway_->port());
    client_->set_url_encode(false);
  }

  httplib::Response Send(const std::string& method, const std::string& path,
                         const std::string& body = "", const httplib::Headers& headers = {}) {
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers = headers;
    const httplib::Result result = client_->send(request);
    EXPECT_TRUE(result) << method << " " << path;
    return result ? *result : httplib::Response();
  }

  GatewayOptions gateway_options_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  ScriptedUpstream upstream_;
  std::unique_ptr<TokenServer> server_;
  std::unique_ptr<GatewayServer> gateway_;
  std::unique_ptr<httplib::Client> client_;
};

TEST(GatewayOptionsTest, EveryMistakeIsNamed) {
  GatewayOptions options;
  options.cors_allowed_origins = "x";
  options.http.listen_address = "5000";
  options.http.max_connections = 0;
  options.http.max_pending_requests = 0;
  options.http.limits.max_body_bytes = 5 << 20;
  options.rate_limit = {.rate = -1, .burst = 0};
  options.trusted_proxies = "10.0.0.0/8,proxy";
  EXPECT_THAT(GatewayServer::Check(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("'x'"), HasSubstr("'5000'"),
                             HasSubstr("max_http_connections"), HasSubstr("max_pending_requests"),
                             HasSubstr("max_body_bytes must not be"), HasSubstr("rate_limit is"),
                             HasSubstr("rate_limit_burst"), HasSubstr("'proxy'"))));
  EXPECT_THAT(GatewayServer::Check({}), IsOk());
}

TEST_F(GatewayServerTest, TheTwoEndpointsAnswerPlainText) {
  for (const char* path : {"/api/sessions", "/api/sessions/", "/api/sessions?x=1"}) {
    const httplib::Response session = Send("POST", path);
    EXPECT_EQ(session.status, 200) << path;
    EXPECT_EQ(session.body, "room-1");
    EXPECT_EQ(session.get_header_value("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(session.get_header_value("Access-Control-Allow-Origin"), "*");
  }
  for (const char* path :
       {"/api/sessions/room-1/connections", "/api/sessions/room%2D1/connections/"}) {
    const httplib::Response connection =
        Send("POST", path, "{}", {{"Range", "bytes=0-3"}, {"Accept-Encoding", "gzip"}});
    EXPECT_EQ(connection.status, 200) << path;
    EXPECT_EQ(connection.body, kToken);
  }
  EXPECT_THAT(upstream_.requests().back(), HasSubstr("/sessions/room-1/connection "));
}

TEST_F(GatewayServerTest, JoinTakesPropertiesOfBothKindsAndAnswersJson) {
  const httplib::Response joined =
      Send("POST", "/api/sessions/room-1/join",
           R"({"mediaMode":"ROUTED","role":"SUBSCRIBER","record":0,"future":1})",
           {{"Content-Type", "application/json"}});
  EXPECT_EQ(joined.status, 200);
  EXPECT_EQ(joined.get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(Json::parse(joined.body), (Json{{"sessionId", "room-1"},
                                            {"connectionId", "con_A"},
                                            {"token", kToken},
                                            {"created", true}}));
  const std::vector<std::string> requests = upstream_.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_THAT(requests[0], testing::EndsWith("\r\n\r\n"
                                             R"({"mediaMode":"ROUTED",)"
                                             R"("customSessionId":"room-1","future":1})"));
  EXPECT_THAT(requests[1], testing::EndsWith(R"({"role":"SUBSCRIBER","future":1,"record":0})"));
}

TEST_F(GatewayServerTest, AnIdempotencyKeyMakesEqualRequestsOne) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Send("POST", "/api/sessions/room-1/connections", "{}",
                   {{"Content-Type", "application/json"}, {"Idempotency-Key", "r-1"}})
                  .body,
              kToken);
  }
  EXPECT_EQ(upstream_.requests().size(), 1u);
  const httplib::Response other =
      Send("POST", "/api/sessions/room-1/connections", R"({"data":"other"})",
           {{"Content-Type", "application/json"}, {"Idempotency-Key", "r-1"}});
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(Json::parse(other.body)["field"], "Idempotency-Key");
  const httplib::Response empty =
      Send("POST", "/api/sessions/room-1/connections", "{}",
           {{"Content-Type", "application/json"}, {"Idempotency-Key", ""}});
  EXPECT_EQ(empty.status, 400);
  EXPECT_EQ(Json::parse(empty.body)["field"], "Idempotency-Key");
}

struct ErrorRow {
  const char* name;
  const char* method;
  const char* path;
  std::string body;
  const char* content_type;
  int status;
  const char* detail;
};

class GatewayErrorTest : public GatewayServerTest, public testing::WithParamInterface<ErrorRow> {};

TEST_P(GatewayErrorTest, IsAProblemThatAPageMayRead) {
  const ErrorRow& row = GetParam();
  const httplib::Response response =
      Send(row.method, row.path, row.body, {{"Content-Type", row.content_type}});
  EXPECT_EQ(response.status, row.status);
  EXPECT_EQ(response.get_header_value("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.get_header_value("Access-Control-Allow-Origin"), "*");
  const Json problem = Json::parse(response.body, nullptr, false);
  ASSERT_TRUE(problem.is_object()) << response.body;
  EXPECT_EQ(problem["status"], row.status);
  EXPECT_THAT(problem["detail"].get<std::string>(), HasSubstr(row.detail));
  EXPECT_EQ(response.has_header("Allow"), row.status == 405);
  EXPECT_TRUE(upstream_.requests().empty());
}

INSTANTIATE_TEST_SUITE_P(
    , GatewayErrorTest,
    testing::ValuesIn(std::vector<ErrorRow>{
        {"UnknownPath", "GET", "/nope", "", "", 404, "nothing"},
        {"Root", "GET", "/", "", "", 404, "nothing"},
        {"PathBelow", "POST", "/api/sessions/a/connections/b", "", "", 404, "nothing"},
        {"JoinOfAnotherId", "POST", "/api/sessions/a/join", R"({"customSessionId":"b"})",
         "application/json", 400, "another session"},
        {"JoinWithABadBody", "POST", "/api/sessions/a/join", "[", "application/json", 400, "JSON"},
        {"EmptyId", "POST", "/api/sessions//connections", "", "", 404, "nothing"},
        {"OtherCase", "POST", "/api/Sessions", "", "", 404, "nothing"},
        {"GetSessions", "GET", "/api/sessions", "", "", 405, "POST"},
        {"PutSessions", "PUT", "/api/sessions", "{}", "application/json", 405, "POST"},
        {"PartOfAMethod", "PO", "/api/sessions", "", "", 405, "POST"},
        {"PostHealth", "POST", "/healthz", "", "", 405, "GET"},
        {"EncodedSlash", "POST", "/api/sessions/a%2Fb/connections", "", "", 400,
         "No session can have this id"},
        {"EncodedQuery", "POST", "/api/sessions/a%3Fb/connections", "", "", 400,
         "No session can have this id"},
        {"DotDot", "POST", "/api/sessions/../connections", "", "", 400,
         "No session can have this id"},
        {"NoUtf8", "POST", "/api/sessions/%ff/connections", "", "", 400,
         "No session can have this id"},
        {"Nul", "POST", "/api/sessions/a%00/connections", "", "", 400,
         "No session can have this id"},
        {"MalformedJson", "POST", "/api/sessions", "{\"a\":", "application/json", 400,
         "not valid JSON"},
        {"ArrayBody", "POST", "/api/sessions", "[1]", "application/json", 400, "not a JSON object"},
        {"MediaType", "POST", "/api/sessions", "<a/>", "application/xml", 415, "application/json"},
        {"TooLarge", "POST", "/api/sessions", std::string(1001, ' '), "application/json", 413,
         ""}}),
    [](const auto& row) { return row.param.name; });

TEST_F(GatewayServerTest, HealthAndReadiness) {
  EXPECT_EQ(Send("GET", "/healthz").status, 200);
  EXPECT_EQ(Send("GET", "/readyz").status, 200);
  auto remote =
      TokenClient::Create({.server_address = absl::StrCat("127.0.0.1:", server_->port())});
  ASSERT_THAT(remote, IsOk());
  StartGateway(*std::move(remote));
  EXPECT_EQ(Send("GET", "/readyz").status, 200);
  server_->Stop(absl::ZeroDuration());
  EXPECT_EQ(Send("GET", "/healthz").status, 200);
  const httplib::Response not_ready = Send("GET", "/readyz");
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_EQ(not_ready.get_header_value("Retry-After"), "1");
}

TEST_F(GatewayServerTest, WhoAsksTooMuchIsRefusedByAddress) {
  gateway_options_.rate_limit = {.rate = 0.001, .burst = 2};
  gateway_options_.trusted_proxies = "127.0.0.1";
  auto remote =
      TokenClient::Create({.server_address = absl::StrCat("127.0.0.1:", server_->port())});
  ASSERT_THAT(remote, IsOk());
  StartGateway(*std::move(remote));
  const httplib::Headers from_a = {{"X-Forwarded-For", "192.0.2.1"}};
  const httplib::Response first = Send("POST", "/api/sessions", "", from_a);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.get_header_value("RateLimit-Limit"), "2");
  EXPECT_EQ(first.get_header_value("RateLimit-Remaining"), "1");
  EXPECT_EQ(Send("POST", "/api/sessions/room-1/connections", "", from_a).status, 200);
  const httplib::Response refused = Send("POST", "/api/sessions", "", from_a);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.get_header_value("Content-Type"), "application/problem+json");
  EXPECT_EQ(Json::parse(refused.body)["reason"], "RATE_LIMITED");
  EXPECT_EQ(refused.get_header_value("RateLimit-Remaining"), "0");
  EXPECT_FALSE(refused.get_header_value("RateLimit-Reset").empty());
  EXPECT_THAT(refused.get_header_value("Access-Control-Expose-Headers"), HasSubstr("Retry-After"));
  int64_t retry_after = 0;
  ASSERT_TRUE(absl::SimpleAtoi(refused.get_header_value("Retry-After"), &retry_after));
  EXPECT_GE(retry_after, 1);
  EXPECT_EQ(Send("POST", "/api/sessions", "", {{"X-Forwarded-For", "192.0.2.2"}}).status, 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Send("GET", "/readyz", "", from_a).status, 200);
}

TEST_F(GatewayServerTest, APreflightIsAnsweredWithoutTheServer) {
  const httplib::Response response =
      Send("OPTIONS", "/api/sessions", "",
           {{"Origin", "http://a.example"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.get_header_value("Access-Control-Allow-Origin"), "*");
}

/// The gateway before a service that keeps who calls.
class GatewayCallerTest : public GatewayServerTest {
 protected:
  GatewayCallerTest() {
    gateway_options_.trusted_proxies = "127.0.0.1";
    StartGateway(
        std::make_unique<TokenClient>(service_, TokenClient::HealthCheck(), absl::Seconds(60)));
  }

  RecordingTokenService service_;
};

constexpr const char* kCalls[] = {"/api/sessions", "/api/sessions/room-1/connections",
                                  "/api/sessions/room-1/join"};

TEST_F(GatewayCallerTest, EachCallSaysWhoMadeTheRequest) {
  for (const char* path : kCalls) {
    const httplib::Response response = Send("POST", path, "",
                                            {{"Authorization", "Bearer a.b.c"},
                                             {"X-Request-Id", "web-7"},
                                             {"X-Forwarded-For", "2001:db8::1"}});
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.get_header_value("X-Request-Id"), "web-7");
    EXPECT_THAT(response.get_header_value("Access-Control-Expose-Headers"),
                HasSubstr("X-Request-Id"));
    const Caller caller = service_.last_caller();
    EXPECT_EQ(caller.bearer_token, "a.b.c");
    EXPECT_EQ(caller.request_id, "web-7");
    EXPECT_EQ(caller.address, "2001:db8::1");
  }
  EXPECT_EQ(service_.callers().size(), 3u);
}

TEST_F(GatewayCallerTest, ARequestWithoutAnIdGetsOneAndEveryErrorHasIt) {
  const httplib::Response made = Send("POST", "/api/sessions");
  EXPECT_EQ(made.get_header_value("X-Request-Id"), service_.last_caller().request_id);
  EXPECT_EQ(made.get_header_value("X-Request-Id").size(), 32u);
  service_.AnswerWith(absl::PermissionDeniedError("no"));
  for (const char* path : kCalls) {
    EXPECT_EQ(Send("POST", path, "", {{"X-Request-Id", "e-1"}}).get_header_value("X-Request-Id"),
              "e-1");
    EXPECT_EQ(Send("POST", path, "[", {{"X-Request-Id", "e-2"}}).get_header_value("X-Request-Id"),
              "e-2");
    EXPECT_EQ(Send("GET", path, "", {{"X-Request-Id", "e-3"}}).get_header_value("X-Request-Id"),
              "e-3");
    const httplib::Response too_large = Send("POST", path, std::string(1001, ' '));
    EXPECT_EQ(too_large.status, 413);
    EXPECT_EQ(too_large.get_header_value("X-Request-Id").size(), 32u);
  }
}

TEST_F(GatewayCallerTest, WhoIsNotKnownIsChallenged) {
  service_.AnswerWith(absl::UnauthenticatedError("who are you?"));
  for (const char* path : kCalls) {
    const httplib::Response anonymous = Send("POST", path);
    EXPECT_EQ(anonymous.status, 401);
    EXPECT_EQ(anonymous.get_header_value("WWW-Authenticate"),
              R"(Bearer realm="openvidu-token-service")");
    EXPECT_EQ(Json::parse(anonymous.body)["code"], "UNAUTHENTICATED");
    const httplib::Response known = Send("POST", path, "", {{"Authorization", "Bearer a.b.c"}});
    EXPECT_EQ(known.get_header_value("WWW-Authenticate"),
              R"(Bearer realm="openvidu-token-service", error="invalid_token")");
    EXPECT_THAT(known.body, testing::Not(HasSubstr("a.b.c")));
  }
  service_.AnswerWith(absl::PermissionDeniedError("no"));
  const httplib::Response denied = Send("POST", "/api/sessions");
  EXPECT_EQ(denied.status, 403);
  EXPECT_FALSE(denied.has_header("WWW-Authenticate"));
}

TEST(GatewayServerStartTest, NamesEveryMistake) {
  GatewayOptions options;
  options.http.listen_address = "0.0.0.0:abc";
  options.cors_allowed_origins = "app.example";
  auto client = TokenClient::Create({});
  ASSERT_THAT(client, IsOk());
  const auto reactor = *Reactor::Start("test");
  EXPECT_THAT(GatewayServer::Start(options, *std::move(client), *reactor),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("'0.0.0.0:abc'"), HasSubstr("'app.example'"))));
}

}  // namespace
}  // namespace openvidu::token
