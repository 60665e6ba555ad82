#include "telemetry/tracing.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "common/version.h"
#include "tests/support/certificate.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TracingTest : public testing::Test {
 protected:
  /// The one request that comes of one span.
  std::string Request() {
    ScriptedUpstream collector([](ScriptedUpstream::Peer& peer) {
      while (peer.ReadRequest()) peer.Send(HttpAnswerText(200, ""));
    });
    options_.endpoint = collector.url();
    {
      const auto tracing = Tracing::Start(options_);
      EXPECT_THAT(tracing, IsOk());
      const Tracer& tracer = *(*tracing)->tracer();
      tracer.End({.context = tracer.Begin({}), .kind = Span::Kind::kServer, .name = "a"});
    }
    EXPECT_EQ(collector.requests().size(), 1);
    return collector.requests()[0];
  }

  static std::map<std::string, std::string> ResourceIn(const std::string& request) {
    const auto json = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
    std::map<std::string, std::string> resource;
    for (const auto& each : json["resourceSpans"][0]["resource"]["attributes"]) {
      resource[each["key"]] = each["value"].begin()->get<std::string>();
    }
    return resource;
  }

  TracingOptions options_{.program = "token-server"};
};

TEST_F(TracingTest, IsOffWithoutAnEndpoint) {
  const auto tracing = Tracing::Start(options_);
  ASSERT_THAT(tracing, IsOk());
  EXPECT_EQ((*tracing)->tracer(), nullptr);
  EXPECT_EQ((*tracing)->dropped(), 0);
}

TEST_F(TracingTest, SpansTellWhatTheyComeFrom) {
  auto resource = ResourceIn(Request());
  EXPECT_EQ(resource["service.name"], "token-server");
  EXPECT_EQ(resource["service.version"], TOKEN_VERSION);
  EXPECT_EQ(resource["service.instance.id"].size(), 32);

  options_.resource_attributes =
      "service.name=a%20name,deployment.environment.name=test,service.instance.id=7";
  options_.headers = "api-key=a%2Cb, x-other=1";
  const std::string request = Request();
  EXPECT_THAT(request, AllOf(HasSubstr("\r\napi-key: a,b\r\n"), HasSubstr("\r\nx-other: 1\r\n")));
  resource = ResourceIn(request);
  EXPECT_EQ(resource["service.name"], "a name");
  EXPECT_EQ(resource["service.instance.id"], "7");
  EXPECT_EQ(resource["deployment.environment.name"], "test");

  options_.service_name = "mine";
  EXPECT_EQ(ResourceIn(Request())["service.name"], "mine");
}

TEST_F(TracingTest, NamesEveryMistakeAndQuotesNoSecret) {
  options_ = {.endpoint = "localhost:4317",
              .ca_file = "/nonexistent",
              .sample_ratio = 1.5,
              .resource_attributes = "service.name",
              .headers = "api-key=S3cret%0d%0aX: y"};
  const absl::Status mistakes = Tracing::Check(options_);
  EXPECT_THAT(mistakes,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("otlp_endpoint"), HasSubstr("otlp_ca_file"),
                             HasSubstr("trace_sample_ratio"), HasSubstr("OTEL_RESOURCE_ATTRIBUTES"),
                             HasSubstr("OTEL_EXPORTER_OTLP_HEADERS"))));
  EXPECT_THAT(std::string(mistakes.message()), testing::Not(HasSubstr("S3cret")));
  for (const char* const header : {"host=x", "content-length=1", "a b=c", "=x", "x"}) {
    options_ = {.endpoint = "http://localhost:4318", .headers = header};
    EXPECT_FALSE(Tracing::Check(options_).ok()) << header;
  }
  options_ = {.ca_file = "/nonexistent"};
  EXPECT_THAT(Tracing::Check(options_), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(TracingTest, ACollectorOverTlsIsVerified) {
  const Certificate other("localhost");
  options_.endpoint = "https://localhost:1";
  options_.ca_file = other.cert_file();
  EXPECT_THAT(Tracing::Start(options_), IsOk());
  options_.ca_file = other.key_file();
  EXPECT_THAT(Tracing::Start(options_).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("otlp_ca_file")));
}

}  // namespace
}  // namespace openvidu::token
