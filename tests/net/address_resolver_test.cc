#include "net/address_resolver.h"

#include <gmock/gmock.h>
#include <netinet/in.h>

#include <latch>

#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

class AddressResolverTest : public testing::Test {
 protected:
  AddressResolver::Addresses Resolve(const std::string& host, int port) {
    AddressResolver::Addresses result;
    std::latch ended{1};
    std::unique_ptr<AddressResolver> resolver;
    reactor_->Post([&] {
      resolver = std::make_unique<AddressResolver>(*reactor_, host, port);
      resolver->Resolve([&](const AddressResolver::Addresses& addresses) {
        result = addresses;
        ended.count_down();
      });
    });
    ended.wait();
    reactor_->RunAndWait([&] { resolver = nullptr; });
    return result;
  }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
};

TEST_F(AddressResolverTest, TakesAddressesAndNames) {
  const auto four = Resolve("127.0.0.1", 80);
  ASSERT_THAT(four, IsOkAndHolds(testing::SizeIs(1)));
  EXPECT_EQ(four->at(0).storage.ss_family, AF_INET);
  const auto six = Resolve("::1", 4443);
  ASSERT_THAT(six, IsOkAndHolds(testing::SizeIs(1)));
  EXPECT_EQ(ntohs(reinterpret_cast<const sockaddr_in6*>(&six->at(0).storage)->sin6_port), 4443);
  EXPECT_THAT(Resolve("localhost", 80), IsOkAndHolds(testing::Not(testing::IsEmpty())));
}

TEST_F(AddressResolverTest, NamesTheHostThatIsNotKnown) {
  EXPECT_THAT(
      Resolve("no-such-host.invalid", 80),
      StatusIs(absl::StatusCode::kUnavailable, testing::HasSubstr("'no-such-host.invalid'")));
}

TEST_F(AddressResolverTest, WhoIsDestroyedIsNotToldAnything) {
  for (int i = 0; i < 20; ++i) {
    reactor_->RunAndWait([&] {
      AddressResolver resolver(*reactor_, "localhost", 80);
      resolver.Resolve([](const AddressResolver::Addresses&) { ADD_FAILURE(); });
    });
  }
}

}  // namespace
}  // namespace openvidu::token
