#include "server/upstream_tracing.h"

#include <gmock/gmock.h>

#include "server/openvidu/upstream_status.h"
#include "tests/support/blocking_openvidu_client.h"
#include "tests/support/recording_span_sink.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;

class UpstreamTracingTest : public testing::Test {
 protected:
  /// The span of one attempt with this end.
  Span SpanOf(UpstreamOperation operation, const absl::Status& status) {
    CallContext context;
    context.trace = {.trace_low = 1, .span = 2, .sampled = true};
    tracing_.OnStart({operation, 1}, context);
    EXPECT_EQ(context.trace.parent, 2u);
    tracing_.OnEnd({operation, 1}, context, status, std::chrono::milliseconds(7));
    Span span = sink_.spans().back();
    EXPECT_EQ(span.context.span, context.trace.span);
    return span;
  }

  RecordingSpanSink sink_;
  const Tracer tracer_{0, sink_};
  UpstreamTracing tracing_{tracer_, [] {
                             OpenViduOptions options;
                             options.urls = {"http://a", "https://b.example.com:4443/video"};
                             return options;
                           }()};
};

TEST_F(UpstreamTracingTest, ASpanOfEachAttempt) {
  const Span span = SpanOf(UpstreamOperation::kCreateConnection, absl::OkStatus());
  EXPECT_EQ(span.name, "POST /openvidu/api/sessions/{sessionId}/connection");
  EXPECT_EQ(span.kind, Span::Kind::kClient);
  EXPECT_FALSE(span.failed);
  EXPECT_EQ(span.end - span.begin, absl::Milliseconds(7));
  EXPECT_THAT(AttributesOf(span),
              testing::UnorderedElementsAre(
                  Pair("http.request.method", "POST"),
                  Pair("url.template", "/openvidu/api/sessions/{sessionId}/connection"),
                  Pair("url.scheme", "https"), Pair("server.address", "b.example.com"),
                  Pair("server.port", "4443"), Pair("http.response.status_code", "200")));
}

TEST_F(UpstreamTracingTest, AFailureTellsItsStatusOrItsReason) {
  const Span exists = SpanOf(UpstreamOperation::kCreateSession, StatusFromHttp(409, "room-1"));
  EXPECT_EQ(exists.name, "POST /openvidu/api/sessions");
  EXPECT_TRUE(exists.failed);
  auto attributes = AttributesOf(exists);
  EXPECT_EQ(attributes["http.response.status_code"], "409");
  EXPECT_EQ(attributes["error.type"], "409");

  attributes = AttributesOf(SpanOf(UpstreamOperation::kCreateSession,
                                   StatusFromTransport(TransportFailure::kConnect, "refused")));
  EXPECT_EQ(attributes.count("http.response.status_code"), 0);
  EXPECT_EQ(attributes["error.type"], "UPSTREAM_UNREACHABLE");
}

TEST_F(UpstreamTracingTest, WhoIsNotSampledHasNone) {
  CallContext context;
  tracing_.OnStart({UpstreamOperation::kCreateSession, 0}, context);
  EXPECT_TRUE(context.trace.exists());
  tracing_.OnEnd({UpstreamOperation::kCreateSession, 0}, context, absl::OkStatus(), {});
  EXPECT_THAT(sink_.spans(), testing::IsEmpty());
}

}  // namespace
}  // namespace openvidu::token
