#include "gateway/grpc_timeout.h"

#include <gmock/gmock.h>

#include <utility>

#include "common/status_details.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using Code = absl::StatusCode;

TEST(GrpcTimeoutTest, TakesEveryUnit) {
  const std::pair<const char*, absl::Duration> rows[] = {{"2H", absl::Hours(2)},
                                                         {"3M", absl::Minutes(3)},
                                                         {"5S", absl::Seconds(5)},
                                                         {"250m", absl::Milliseconds(250)},
                                                         {"7u", absl::Microseconds(7)},
                                                         {"99999999n", absl::Nanoseconds(99999999)},
                                                         {"0S", absl::ZeroDuration()},
                                                         {"00000001S", absl::Seconds(1)},
                                                         {"99999999H", absl::Hours(99999999)}};
  for (const auto& [text, expected] : rows) {
    EXPECT_THAT(ParseGrpcTimeout(text), IsOkAndHolds(expected)) << text;
  }
}

TEST(GrpcTimeoutTest, RefusesAllElseByTheHeadersName) {
  for (const char* text : {"", "5", "S", "5s", "-5S", "+5S", "5.0S", " 5S", "5S ", "5 S", "5SS",
                           "100000000S", "0x5S"}) {
    const auto timeout = ParseGrpcTimeout(text);
    EXPECT_THAT(timeout, StatusIs(Code::kInvalidArgument, testing::HasSubstr("Grpc-Timeout")))
        << text;
    EXPECT_EQ(FieldOf(timeout.status()), "Grpc-Timeout");
  }
}

TEST(GrpcTimeoutTest, ARequestHasNoneOrOne) {
  httplib::Request request;
  EXPECT_THAT(GrpcTimeoutOf(request), IsOkAndHolds(absl::InfiniteDuration()));
  request.headers.emplace("grpc-timeout", "5S");
  EXPECT_THAT(GrpcTimeoutOf(request), IsOkAndHolds(absl::Seconds(5)));
  request.headers.emplace("Grpc-Timeout", "5S");
  EXPECT_THAT(GrpcTimeoutOf(request), StatusIs(Code::kInvalidArgument));
}

}  // namespace
}  // namespace openvidu::token
