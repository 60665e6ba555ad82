#include "common/grpc_status.h"

#include <gmock/gmock.h>

#include "common/status_details.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

TEST(GrpcStatusTest, EveryCodeSurvivesBothWays) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_THAT(FromGrpcStatus(grpc::Status::OK), IsOk());
  for (int code = 1; code <= 16; ++code) {
    const grpc::Status grpc =
        ToGrpcStatus(absl::Status(static_cast<absl::StatusCode>(code), "why"));
    EXPECT_EQ(grpc.error_code(), code);
    EXPECT_EQ(grpc.error_message(), "why");
    EXPECT_THAT(FromGrpcStatus(grpc), StatusIs(static_cast<absl::StatusCode>(code), "why"));
  }
}

TEST(GrpcStatusTest, FieldAndReasonTravelAsStandardDetails) {
  const absl::Status sent = WithReason(
      WithField(absl::InvalidArgumentError("no such role"), "role"), "OPENVIDU_REJECTED");
  const absl::Status received = FromGrpcStatus(ToGrpcStatus(sent));
  EXPECT_EQ(FieldOf(received), "role");
  EXPECT_EQ(ReasonOf(received), "OPENVIDU_REJECTED");
  EXPECT_THAT(ToGrpcStatus(sent).error_details(),
              testing::HasSubstr("type.googleapis.com/google.rpc.BadRequest"));
}

TEST(GrpcStatusTest, HowLongToWaitTravelsAsAStandardDetail) {
  const absl::Status sent =
      WithRetryAfter(absl::ResourceExhaustedError("busy"), absl::Milliseconds(1250));
  const grpc::Status travelling = ToGrpcStatus(sent);
  EXPECT_THAT(travelling.error_details(),
              testing::HasSubstr("type.googleapis.com/google.rpc.RetryInfo"));
  EXPECT_EQ(RetryAfterOf(FromGrpcStatus(travelling)), absl::Milliseconds(1250));
  const absl::Status none = WithRetryAfter(absl::ResourceExhaustedError("x"), absl::Seconds(-1));
  EXPECT_EQ(RetryAfterOf(FromGrpcStatus(ToGrpcStatus(none))), absl::ZeroDuration());
}

TEST(GrpcStatusTest, TheLimitTravelsWithTheReason) {
  const absl::Status sent =
      WithLimit(WithReason(absl::ResourceExhaustedError("too many"), "RATE_LIMITED"), 20);
  EXPECT_EQ(LimitOf(FromGrpcStatus(ToGrpcStatus(sent))), 20);
  EXPECT_EQ(LimitOf(FromGrpcStatus(ToGrpcStatus(absl::ResourceExhaustedError("x")))), 0);
}

TEST(GrpcStatusTest, DetailsThatAreNoneAreIgnored) {
  const grpc::Status odd(grpc::StatusCode::NOT_FOUND, "gone", "\xff not a message");
  EXPECT_THAT(FromGrpcStatus(odd), StatusIs(absl::StatusCode::kNotFound, "gone"));
}

}  // namespace
}  // namespace openvidu::token
