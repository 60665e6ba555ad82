#include "gateway/client_address.h"

#include <gmock/gmock.h>

#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

TEST(ClientAddressTest, IsThePeerWhereNoProxyIsTrusted) {
  const TrustedProxies none;
  EXPECT_EQ(none.Caller("192.0.2.1", "198.51.100.9"), "192.0.2.1");
  EXPECT_EQ(none.Caller("::ffff:192.0.2.1", ""), "192.0.2.1");
  EXPECT_EQ(none.Caller("2001:db8:1:2:3:4:5:6", ""), "2001:db8:1:2::/64");
  EXPECT_EQ(none.Caller("fe80::1%eth0", ""), "fe80::/64");
  EXPECT_EQ(none.Caller("odd", "x"), "odd");
}

TEST(ClientAddressTest, IsTheLastOneThatNoTrustedProxyHas) {
  const auto proxies = TrustedProxies::Parse("10.0.0.0/8, fd00::/8 ,192.0.2.7");
  ASSERT_THAT(proxies, IsOk());
  const struct {
    const char* peer;
    const char* forwarded_for;
    const char* caller;
  } rows[] = {
      {"10.1.2.3", "198.51.100.9", "198.51.100.9"},
      {"192.0.2.7", "198.51.100.9", "198.51.100.9"},
      {"192.0.2.8", "198.51.100.9", "192.0.2.8"},
      {"fd12::1", "198.51.100.9", "198.51.100.9"},
      // What a client makes up is before what the proxies add.
      {"10.1.2.3", "203.0.113.1, 198.51.100.9, 10.9.9.9", "198.51.100.9"},
      {"10.1.2.3", "10.0.0.5,10.0.0.6", "10.0.0.5"},
      {"10.1.2.3", "", "10.1.2.3"},
      {"10.1.2.3", "unknown", "10.1.2.3"},
      {"10.1.2.3", "198.51.100.9:4711", "198.51.100.9"},
      {"10.1.2.3", "[2001:db8::1]:4711", "2001:db8::/64"},
      {"10.1.2.3", "2001:db8::1", "2001:db8::/64"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(proxies->Caller(row.peer, row.forwarded_for), row.caller)
        << row.peer << " for " << row.forwarded_for;
  }
}

TEST(ClientAddressTest, TheAddressIsWholeAndOnlyAProxyIsTrusted) {
  const auto proxies = TrustedProxies::Parse("10.0.0.0/8");
  ASSERT_THAT(proxies, IsOk());
  EXPECT_EQ(proxies->AddressOfClient("10.1.2.3", "2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(proxies->AddressOfClient("192.0.2.8", "2001:db8::1"), "192.0.2.8");
  EXPECT_EQ(proxies->AddressOfClient("::ffff:192.0.2.8", ""), "192.0.2.8");
  EXPECT_EQ(proxies->AddressOfClient("odd", ""), "");
  EXPECT_TRUE(proxies->Trusts("10.1.2.3"));
  EXPECT_FALSE(proxies->Trusts("192.0.2.8"));
  EXPECT_FALSE(proxies->Trusts("odd"));
}

TEST(ClientAddressTest, NetworksThatAreNoneAreNamed) {
  EXPECT_THAT(TrustedProxies::Parse(""), IsOk());
  EXPECT_THAT(TrustedProxies::Parse("0.0.0.0/0,::/0"), IsOk());
  for (const char* cidr : {"10.0.0.0/33", "10.0.0.0/2147483647", "10.0.0.0/-1", "10.0.0/8", "proxy",
                           "::/129", "10.0.0.0/", "10.0.0.0/8/8"}) {
    EXPECT_THAT(TrustedProxies::Parse(cidr),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr(cidr)))
        << cidr;
  }
}

}  // namespace
}  // namespace openvidu::token
