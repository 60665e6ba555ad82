// What the gateway tells of its requests: lines and spans.
#include "gateway/http_telemetry.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include "absl/strings/str_split.h"
#include "common/read_file.h"
#include "gateway/gateway_server.h"
#include "tests/support/recording_span_sink.h"
#include "tests/support/recording_token_service.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr char kParent[] = "00-00000000000000010000000000000002-0000000000000003-01";
constexpr char kNotSampled[] = "00-00000000000000010000000000000002-0000000000000003-00";

class HttpTelemetryTest : public testing::Test {
 protected:
  void Start(bool with_log, bool with_tracer) {
    if (with_log) log_ = *AccessLog::Open(path_, LogFormat::kText);
    GatewayOptions options;
    options.http.listen_address = "127.0.0.1:0";
    options.trusted_proxies = "127.0.0.0/8";
    auto gateway = GatewayServer::Start(
        options,
        std::make_unique<TokenClient>(
            service_, [](absl::Duration, TokenClient::HealthDone done) { done(absl::OkStatus()); },
            absl::Seconds(60)),
        *reactor_, {}, {log_.get(), with_tracer ? &tracer_ : nullptr});
    ASSERT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
  }

  int Send(const std::string& method, const std::string& path, httplib::Headers headers = {}) {
    httplib::Client client("127.0.0.1", gateway_->port());
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.headers = std::move(headers);
    const httplib::Result result = client.send(request);
    EXPECT_TRUE(result) << method << " " << path;
    return result ? result->status : 0;
  }

  /// The lines of the log, which ends.
  std::vector<std::string> Lines() {
    gateway_ = nullptr;
    log_ = nullptr;
    return absl::StrSplit(*ReadFile(path_), '\n', absl::SkipEmpty());
  }

  const TempFolder folder_;
  const std::string path_ = folder_.path() + "/access";
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  RecordingSpanSink sink_;
  const Tracer tracer_{1, sink_};
  RecordingTokenService service_;
  std::unique_ptr<AccessLog> log_;
  std::unique_ptr<GatewayServer> gateway_;
};

TEST_F(HttpTelemetryTest, ALineOfEachRequest) {
  Start(/*with_log=*/true, /*with_tracer=*/false);
  EXPECT_EQ(Send("POST", "/api/sessions/room-1/connections?token=S3cret",
                 {{"X-Request-Id", "4f"},
                  {"X-Forwarded-For", "192.0.2.7"},
                  {"Authorization", "Bearer S3cret"},
                  {"traceparent", kParent},
                  {"User-Agent", "a \"b\" status=500"}}),
            200);
  EXPECT_EQ(Send("GET", "/healthz", {{"User-Agent", std::string(3000, 'x')}}), 200);
  EXPECT_EQ(Send("GET", "/room-1"), 404);
  EXPECT_EQ(Send("POST", "/api/sessions", {{"Content-Length", "1, 1"}}), 400);
  const std::vector<std::string> lines = Lines();
  ASSERT_EQ(lines.size(), 4);
  EXPECT_THAT(lines[0],
              AllOf(HasSubstr(" access http method=POST route=/api/sessions/{id}/connections "
                              "status=200 bytes=0 seconds="),
                    HasSubstr(" address=192.0.2.7 requestId=4f "
                              "traceId=00000000000000010000000000000002 "
                              "userAgent=\"a \\\"b\\\" status=500\"")));
  EXPECT_THAT(lines[1], HasSubstr(" method=GET route=/healthz status=200 bytes=3 "));
  EXPECT_LT(lines[1].size(), 500);
  EXPECT_THAT(lines[2], HasSubstr(" route=other status=404 "));
  EXPECT_THAT(lines[3], AllOf(HasSubstr(" status=400 "), HasSubstr(" requestId=")));
  for (const std::string& line : lines) {
    EXPECT_THAT(line, AllOf(Not(HasSubstr("room-1")), Not(HasSubstr("S3cret"))));
  }
  EXPECT_EQ(TraceParentOf(service_.last_trace()), kParent);
}

TEST_F(HttpTelemetryTest, ACallersTraceGoesOnWhereNothingIsTold) {
  Start(/*with_log=*/false, /*with_tracer=*/false);
  EXPECT_EQ(Send("POST", "/api/sessions", {{"traceparent", kParent}, {"tracestate", "a=b"}}), 200);
  EXPECT_EQ(TraceParentOf(service_.last_trace()), kParent);
  EXPECT_EQ(service_.last_trace().state, "a=b");
  EXPECT_EQ(Send("POST", "/api/sessions", {{"traceparent", "00-x"}, {"tracestate", "a=b"}}), 200);
  EXPECT_FALSE(service_.last_trace().exists());
}

TEST_F(HttpTelemetryTest, ASpanOfEachRequestForATokenIsItsCallersChild) {
  Start(/*with_log=*/false, /*with_tracer=*/true);
  EXPECT_EQ(Send("POST", "/api/sessions/room-1/join?a=b",
                 {{"traceparent", kParent}, {"User-Agent", "test"}}),
            200);
  EXPECT_EQ(Send("GET", "/healthz", {{"traceparent", kParent}}), 200);
  EXPECT_EQ(Send("POST", "/api/sessions", {{"traceparent", kNotSampled}}), 200);
  EXPECT_FALSE(service_.last_trace().sampled);
  ASSERT_EQ(sink_.spans().size(), 1);
  const Span span = sink_.spans()[0];
  EXPECT_EQ(span.context.parent, 3u);
  EXPECT_EQ(TraceIdOf(span.context), "00000000000000010000000000000002");
  EXPECT_EQ(span.name, "POST /api/sessions/{id}/join");
  EXPECT_EQ(span.kind, Span::Kind::kServer);
  EXPECT_FALSE(span.failed);
  auto attributes = AttributesOf(span);
  EXPECT_GT(std::stoi(attributes["network.peer.port"]), 0);
  attributes.erase("network.peer.port");
  EXPECT_GT(std::stoi(attributes["http.response.body.size"]), 0);
  attributes.erase("http.response.body.size");
  EXPECT_THAT(
      attributes,
      testing::UnorderedElementsAre(
          Pair("http.request.method", "POST"), Pair("url.scheme", "http"),
          Pair("http.route", "/api/sessions/{id}/join"), Pair("http.response.status_code", "200"),
          Pair("client.address", "127.0.0.1"), Pair("network.peer.address", "127.0.0.1"),
          Pair("user_agent.original", "test"), Pair("http.request.body.size", "0")));
}

TEST_F(HttpTelemetryTest, FailuresAreToldAndMethodsAreFew) {
  Start(/*with_log=*/false, /*with_tracer=*/true);
  service_.AnswerWith(absl::UnavailableError("room-1 is lost"));
  EXPECT_EQ(Send("POST", "/api/sessions"), 503);
  EXPECT_EQ(service_.last_trace().span, sink_.spans().back().context.span);
  EXPECT_TRUE(sink_.spans().back().failed);
  EXPECT_EQ(AttributesOf(sink_.spans().back())["error.type"], "503");
  EXPECT_EQ(Send("BREW", "/api/sessions"), 405);
  EXPECT_FALSE(sink_.spans().back().failed);
  EXPECT_EQ(sink_.spans().back().name, "_OTHER /api/sessions");
  EXPECT_EQ(AttributesOf(sink_.spans().back())["http.request.method"], "_OTHER");
}

}  // namespace
}  // namespace openvidu::token
