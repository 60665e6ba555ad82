#include "common/listener.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

TEST(ListenerTest, ReportsThePortChosenAndRefusesASecondInstance) {
  const absl::StatusOr<Listener> first = ListenTcp("127.0.0.1:0");
  ASSERT_THAT(first, IsOk());
  EXPECT_GT(first->port, 0);
  EXPECT_THAT(
      ListenTcp(absl::StrCat("127.0.0.1:", first->port)),
      StatusIs(absl::StatusCode::kUnavailable, testing::HasSubstr("Address already in use")));
  close(first->fd);
}

TEST(ListenerTest, ListensOnIpv6) {
  const absl::StatusOr<Listener> listener = ListenTcp("[::1]:0");
  ASSERT_THAT(listener, IsOk());
  EXPECT_GT(listener->port, 0);
  close(listener->fd);
}

TEST(ListenerTest, NamesAnAddressThatIsNone) {
  EXPECT_THAT(ListenTcp("no port"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace openvidu::token
