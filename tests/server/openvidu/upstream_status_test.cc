#include "server/openvidu/upstream_status.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/status_details.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using Code = absl::StatusCode;

struct HttpRow {
  int http;
  Code code;
  const char* reason;
};

class StatusFromHttpTest : public testing::TestWithParam<HttpRow> {};

TEST_P(StatusFromHttpTest, HasCodeReasonAndOpenVidusMessage) {
  const absl::Status status = StatusFromHttp(GetParam().http, "why it is so");
  EXPECT_THAT(status, StatusIs(GetParam().code, HasSubstr("why it is so")));
  EXPECT_EQ(ReasonOf(status), GetParam().reason);
  EXPECT_THAT(StatusFromHttp(GetParam().http, ""),
              StatusIs(GetParam().code, testing::Not(testing::EndsWith(": "))));
}

INSTANTIATE_TEST_SUITE_P(, StatusFromHttpTest,
                         testing::ValuesIn(std::initializer_list<HttpRow>{
                             {204, Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS"},
                             {301, Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS"},
                             {400, Code::kInvalidArgument, "OPENVIDU_REJECTED"},
                             {401, Code::kInternal, "OPENVIDU_SECRET_REFUSED"},
                             {402, Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS"},
                             {403, Code::kInternal, "OPENVIDU_MASKED_ERROR"},
                             {404, Code::kNotFound, "SESSION_NOT_FOUND"},
                             {405, Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS"},
                             {408, Code::kUnavailable, "UPSTREAM_ERROR"},
                             {409, Code::kAlreadyExists, "SESSION_EXISTS"},
                             {418, Code::kInternal, "UPSTREAM_UNEXPECTED_STATUS"},
                             {429, Code::kUnavailable, "UPSTREAM_ERROR"},
                             {500, Code::kUnavailable, "UPSTREAM_ERROR"},
                             {501, Code::kUnavailable, "UPSTREAM_ERROR"},
                             {502, Code::kUnavailable, "UPSTREAM_ERROR"},
                             {503, Code::kUnavailable, "UPSTREAM_ERROR"},
                             {504, Code::kUnavailable, "UPSTREAM_ERROR"}}),
                         [](const auto& row) { return absl::StrCat("Http", row.param.http); });

struct TransportRow {
  const char* name;
  TransportFailure failure;
  Code code;
  const char* reason;
};

class StatusFromTransportTest : public testing::TestWithParam<TransportRow> {};

TEST_P(StatusFromTransportTest, SaysWhetherItMayHaveHappened) {
  const absl::Status status = StatusFromTransport(GetParam().failure, "");
  EXPECT_THAT(status, StatusIs(GetParam().code));
  EXPECT_EQ(ReasonOf(status), GetParam().reason);
  EXPECT_EQ(ReasonOf(status) == "UPSTREAM_ANSWER_LOST",
            testing::Value(std::string(status.message()), HasSubstr("may have been carried out")));
}

INSTANTIATE_TEST_SUITE_P(
    , StatusFromTransportTest,
    testing::ValuesIn(std::initializer_list<TransportRow>{
        {"Busy", TransportFailure::kBusy, Code::kDeadlineExceeded, "UPSTREAM_UNREACHABLE"},
        {"QueueFull", TransportFailure::kQueueFull, Code::kResourceExhausted, "UPSTREAM_BUSY"},
        {"CircuitOpen", TransportFailure::kCircuitOpen, Code::kUnavailable,
         "UPSTREAM_CIRCUIT_OPEN"},
        {"Resolve", TransportFailure::kResolve, Code::kUnavailable, "UPSTREAM_UNREACHABLE"},
        {"ResolveDeadline", TransportFailure::kResolveDeadline, Code::kDeadlineExceeded,
         "UPSTREAM_UNREACHABLE"},
        {"Connect", TransportFailure::kConnect, Code::kUnavailable, "UPSTREAM_UNREACHABLE"},
        {"ConnectDeadline", TransportFailure::kConnectDeadline, Code::kDeadlineExceeded,
         "UPSTREAM_UNREACHABLE"},
        {"Tls", TransportFailure::kTls, Code::kUnavailable, "UPSTREAM_UNREACHABLE"},
        {"Send", TransportFailure::kSend, Code::kUnavailable, "UPSTREAM_ANSWER_LOST"},
        {"NoAnswer", TransportFailure::kNoAnswer, Code::kUnavailable, "UPSTREAM_ANSWER_LOST"},
        {"CutAnswer", TransportFailure::kCutAnswer, Code::kUnavailable, "UPSTREAM_ANSWER_LOST"},
        {"AnswerDeadline", TransportFailure::kAnswerDeadline, Code::kDeadlineExceeded,
         "UPSTREAM_ANSWER_LOST"},
        {"AnswerTooLarge", TransportFailure::kAnswerTooLarge, Code::kInternal,
         "UPSTREAM_BAD_ANSWER"},
        {"NotHttp", TransportFailure::kNotHttp, Code::kInternal, "UPSTREAM_BAD_ANSWER"}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace openvidu::token
