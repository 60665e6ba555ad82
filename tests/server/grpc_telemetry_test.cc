// What the gRPC door tells of its calls: lines and spans.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/token_client.h"
#include "common/read_file.h"
#include "server/service/grpc_token_service.h"
#include "tests/support/recording_span_sink.h"
#include "tests/support/recording_token_service.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Pair;

class GrpcTelemetryTest : public testing::Test {
 protected:
  void Start(bool with_tracer) {
    log_ = *AccessLog::Open(path_, LogFormat::kText);
    door_ = std::make_unique<GrpcTokenService>(
        service_, std::vector<std::string>(),
        CallTelemetry{log_.get(), with_tracer ? &tracer_ : nullptr});
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(door_.get());
    server_ = builder.BuildAndStart();
    client_ = *TokenClient::Create({.server_address = absl::StrCat("127.0.0.1:", port)});
  }

  /// The lines of the log, which ends.
  std::vector<std::string> Lines() {
    client_ = nullptr;
    server_->Shutdown();
    server_ = nullptr;
    door_ = nullptr;
    log_ = nullptr;
    return absl::StrSplit(*ReadFile(path_), '\n', absl::SkipEmpty());
  }

  CallOptions From(const TraceContext& trace) {
    auto caller = std::make_shared<Caller>();
    caller->request_id = "4f";
    caller->bearer_token = "S3cret";
    return {.caller = caller, .trace = trace};
  }

  const TempFolder folder_;
  const std::string path_ = folder_.path() + "/access";
  RecordingSpanSink sink_;
  const Tracer tracer_{1, sink_};
  RecordingTokenService service_;
  std::unique_ptr<AccessLog> log_;
  std::unique_ptr<GrpcTokenService> door_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<TokenClient> client_;
};

TraceContext Trace(bool sampled) {
  return {.trace_high = 1, .trace_low = 2, .span = 3, .sampled = sampled};
}

TEST_F(GrpcTelemetryTest, ALineOfEachCall) {
  Start(/*with_tracer=*/false);
  EXPECT_THAT(client_->CreateConnection("room-1", {}, From(Trace(false))), IsOk());
  service_.AnswerWith(absl::NotFoundError("no such session room-1"));
  EXPECT_THAT(client_->JoinSession("room-1", {}, {}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(client_->InitializeSession({}), StatusIs(absl::StatusCode::kNotFound));
  const std::vector<std::string> lines = Lines();
  ASSERT_EQ(lines.size(), 3);
  EXPECT_THAT(lines[0], AllOf(HasSubstr(" access grpc route=CreateConnection code=OK bytes="),
                              HasSubstr(" address=127.0.0.1 requestId=4f "
                                        "traceId=00000000000000010000000000000002 "),
                              HasSubstr(" userAgent=\"grpc-c++/")));
  EXPECT_THAT(lines[1], AllOf(HasSubstr(" route=JoinSession code=NOT_FOUND bytes=0 "),
                              testing::Not(HasSubstr("requestId"))));
  EXPECT_THAT(lines[2], HasSubstr(" route=InitializeSession "));
  for (const std::string& line : lines) {
    EXPECT_THAT(line, testing::Not(testing::AnyOf(HasSubstr("S3cret"), HasSubstr("room-1"))));
  }
}

TEST_F(GrpcTelemetryTest, ACallersTraceGoesOnWithoutSpansOfOurOwn) {
  Start(/*with_tracer=*/false);
  TraceContext trace = Trace(true);
  trace.state = "a=b";
  EXPECT_THAT(client_->CreateConnection("room-1", {}, From(trace)), IsOk());
  EXPECT_EQ(TraceParentOf(service_.last_trace()), TraceParentOf(trace));
  EXPECT_EQ(service_.last_trace().state, "a=b");
  EXPECT_THAT(client_->CreateConnection("room-1", {}), IsOk());
  EXPECT_FALSE(service_.last_trace().exists());
  EXPECT_THAT(sink_.spans(), testing::IsEmpty());
}

TEST_F(GrpcTelemetryTest, ASpanOfEachCallIsItsCallersChild) {
  Start(/*with_tracer=*/true);
  service_.AnswerWith(absl::UnavailableError("room-1 is lost"));
  EXPECT_THAT(client_->CreateConnection("room-1", {}, From(Trace(true))),
              StatusIs(absl::StatusCode::kUnavailable));
  ASSERT_EQ(sink_.spans().size(), 1);
  const Span span = sink_.spans()[0];
  EXPECT_EQ(span.context.parent, 3u);
  EXPECT_EQ(TraceIdOf(span.context), TraceIdOf(Trace(true)));
  EXPECT_EQ(span.name, "openvidu.token.v1.TokenService/CreateConnection");
  EXPECT_EQ(span.kind, Span::Kind::kServer);
  EXPECT_TRUE(span.failed);
  EXPECT_GE(span.end, span.begin);
  // What is called within it is its child.
  EXPECT_EQ(service_.last_trace().span, span.context.span);
  EXPECT_THAT(
      AttributesOf(span),
      testing::UnorderedElementsAre(
          Pair("rpc.system", "grpc"), Pair("rpc.method", "CreateConnection"),
          Pair("rpc.service", "openvidu.token.v1.TokenService"), Pair("rpc.grpc.status_code", "14"),
          Pair("error.type", "UNAVAILABLE"), Pair("client.address", "127.0.0.1")));
}

TEST_F(GrpcTelemetryTest, ACallersMistakeIsNoFailureOfTheSpanAndWhoIsNotSampledHasNone) {
  Start(/*with_tracer=*/true);
  service_.AnswerWith(absl::NotFoundError(""));
  EXPECT_THAT(client_->JoinSession("room-1", {}, {}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(client_->JoinSession("room-1", {}, {}, From(Trace(false))),
              StatusIs(absl::StatusCode::kNotFound));
  ASSERT_EQ(sink_.spans().size(), 1);
  EXPECT_FALSE(sink_.spans()[0].failed);
  EXPECT_EQ(sink_.spans()[0].context.parent, 0u);
  // It is passed on all the same, as what it is.
  EXPECT_EQ(TraceIdOf(service_.last_trace()), TraceIdOf(Trace(false)));
  EXPECT_FALSE(service_.last_trace().sampled);
}

}  // namespace
}  // namespace openvidu::token
