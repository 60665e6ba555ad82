#include "server/openvidu/address_resolver.h"

#include <gmock/gmock.h>
#include <netinet/in.h>

#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

TEST(AddressResolverTest, TakesAddressesAndNames) {
  const absl::Time soon = absl::Now() + absl::Seconds(30);
  const auto four = ResolveAddresses("127.0.0.1", 80, soon);
  ASSERT_THAT(four, IsOkAndHolds(testing::SizeIs(1)));
  EXPECT_EQ(four->at(0).storage.ss_family, AF_INET);
  const auto six = ResolveAddresses("::1", 4443, soon);
  ASSERT_THAT(six, IsOkAndHolds(testing::SizeIs(1)));
  EXPECT_EQ(ntohs(reinterpret_cast<const sockaddr_in6*>(&six->at(0).storage)->sin6_port), 4443);
  EXPECT_THAT(ResolveAddresses("localhost", 80, soon),
              IsOkAndHolds(testing::Not(testing::IsEmpty())));
}

TEST(AddressResolverTest, NamesTheHostThatIsNotKnown) {
  EXPECT_THAT(
      ResolveAddresses("no-such-host.invalid", 80, absl::Now() + absl::Seconds(30)),
      StatusIs(absl::StatusCode::kUnavailable, testing::HasSubstr("'no-such-host.invalid'")));
}

}  // namespace
}  // namespace openvidu::token
