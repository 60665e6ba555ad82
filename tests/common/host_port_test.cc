#include "common/host_port.h"

#include <gmock/gmock.h>

#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

TEST(HostPortTest, ParsesAndFormatsNamesAndAddresses) {
  for (const char* text : {"localhost:0", "127.0.0.1:65535", "[::1]:50051", "a.example:80"}) {
    const absl::StatusOr<HostPort> parsed = ParseHostPort(text);
    ASSERT_THAT(parsed, IsOk()) << text;
    EXPECT_EQ(FormatHostPort(*parsed), text);
  }
}

TEST(HostPortTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"", ":", ":80", "host", "host:", "host:-1", "host:65536", "host:+1",
                           "host: 1", "::1:80", "[]:80", "host:80x", "host:99999999999999999999"}) {
    EXPECT_THAT(ParseHostPort(text),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("host:port")))
        << text;
  }
}

}  // namespace
}  // namespace openvidu::token
