#include "server/access/address_class.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string>

namespace openvidu::token {
namespace {

sockaddr_storage Parse(const std::string& text) {
  sockaddr_storage storage{};
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    std::memcpy(&storage, &four, sizeof(four));
  } else {
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &six.sin6_addr), 1) << text;
    six.sin6_family = AF_INET6;
    std::memcpy(&storage, &six, sizeof(six));
  }
  return storage;
}

struct Row {
  const char* address;
  AddressClass expected;
};

class AddressClassTest : public testing::TestWithParam<Row> {};

TEST_P(AddressClassTest, Is) {
  EXPECT_EQ(ClassifyAddress(Parse(GetParam().address)), GetParam().expected);
}

constexpr AddressClass kPublic = AddressClass::kPublic;
constexpr AddressClass kPrivate = AddressClass::kPrivate;
constexpr AddressClass kSpecial = AddressClass::kSpecial;

// The first and the last of each range, and their neighbours.
INSTANTIATE_TEST_SUITE_P(, AddressClassTest,
                         testing::ValuesIn<Row>({
                             {"0.0.0.0", kSpecial},
                             {"0.255.255.255", kSpecial},
                             {"1.0.0.0", kPublic},
                             {"9.255.255.255", kPublic},
                             {"10.0.0.0", kPrivate},
                             {"10.255.255.255", kPrivate},
                             {"11.0.0.0", kPublic},
                             {"100.63.255.255", kPublic},
                             {"100.64.0.0", kPrivate},
                             {"100.127.255.255", kPrivate},
                             {"100.128.0.0", kPublic},
                             {"126.255.255.255", kPublic},
                             {"127.0.0.0", kSpecial},
                             {"127.0.0.1", kSpecial},
                             {"127.255.255.255", kSpecial},
                             {"128.0.0.0", kPublic},
                             {"169.253.255.255", kPublic},
                             {"169.254.0.0", kSpecial},
                             {"169.254.169.254", kSpecial},
                             {"169.254.255.255", kSpecial},
                             {"169.255.0.0", kPublic},
                             {"172.15.255.255", kPublic},
                             {"172.16.0.0", kPrivate},
                             {"172.31.255.255", kPrivate},
                             {"172.32.0.0", kPublic},
                             {"191.255.255.255", kPublic},
                             {"192.0.0.0", kSpecial},
                             {"192.0.0.255", kSpecial},
                             {"192.0.1.0", kPublic},
                             {"192.0.2.0", kSpecial},
                             {"192.0.2.255", kSpecial},
                             {"192.0.3.0", kPublic},
                             {"192.88.98.255", kPublic},
                             {"192.88.99.1", kSpecial},
                             {"192.88.100.0", kPublic},
                             {"192.167.255.255", kPublic},
                             {"192.168.0.0", kPrivate},
                             {"192.168.255.255", kPrivate},
                             {"192.169.0.0", kPublic},
                             {"198.17.255.255", kPublic},
                             {"198.18.0.0", kSpecial},
                             {"198.19.255.255", kSpecial},
                             {"198.20.0.0", kPublic},
                             {"198.51.99.255", kPublic},
                             {"198.51.100.0", kSpecial},
                             {"198.51.101.0", kPublic},
                             {"203.0.112.255", kPublic},
                             {"203.0.113.255", kSpecial},
                             {"203.0.114.0", kPublic},
                             {"223.255.255.255", kPublic},
                             {"224.0.0.0", kSpecial},
                             {"239.255.255.255", kSpecial},
                             {"240.0.0.0", kSpecial},
                             {"255.255.255.255", kSpecial},
                             {"::", kSpecial},
                             {"::1", kSpecial},
                             {"::127.0.0.1", kSpecial},
                             {"::8.8.8.8", kSpecial},
                             {"::ffff:127.0.0.1", kSpecial},
                             {"::ffff:10.1.2.3", kPrivate},
                             {"::ffff:8.8.8.8", kPublic},
                             {"::ffff:0:8.8.8.8", kSpecial},
                             {"64:ff9b::7f00:1", kSpecial},
                             {"64:ff9b::a00:1", kPrivate},
                             {"64:ff9b::808:808", kPublic},
                             {"64:ff9b:0:0:0:1:808:808", kSpecial},
                             {"64:ff9b:1::808:808", kSpecial},
                             {"100::1", kSpecial},
                             {"1fff:ffff::1", kSpecial},
                             {"2000::1", kPublic},
                             {"2001::1", kSpecial},
                             {"2001:0:4136:e378:8000:63bf:3fff:fdd2", kSpecial},
                             {"2001:1ff:ffff::1", kSpecial},
                             {"2001:200::1", kPublic},
                             {"2001:db7:ffff::1", kPublic},
                             {"2001:db8::1", kSpecial},
                             {"2001:db8:ffff::1", kSpecial},
                             {"2001:db9::1", kPublic},
                             {"2001:4860:4860::8888", kPublic},
                             {"2002:7f00:1::1", kSpecial},
                             {"2002:808:808::1", kSpecial},
                             {"2003::1", kPublic},
                             {"2a00:1450::1", kPublic},
                             {"3ffe:ffff::1", kPublic},
                             {"3fff::1", kSpecial},
                             {"3fff:fff::1", kSpecial},
                             {"3fff:1000::1", kPublic},
                             {"4000::1", kSpecial},
                             {"5f00::1", kSpecial},
                             {"fbff::1", kSpecial},
                             {"fc00::1", kPrivate},
                             {"fdff:ffff::1", kPrivate},
                             {"fe00::1", kSpecial},
                             {"fe80::1", kSpecial},
                             {"fec0::1", kSpecial},
                             {"ff02::1", kSpecial},
                             {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", kSpecial},
                         }),
                         [](const auto& row) {
                           std::string name = row.param.address;
                           for (char& c : name)
                             c = std::isalnum(static_cast<unsigned char>(c)) ? c
                                 : c == ':'                                  ? 'x'
                                                                             : '_';
                           return "A" + name;
                         });

TEST(AddressFamilyTest, AnotherFamilyIsSpecial) {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;
  EXPECT_EQ(ClassifyAddress(storage), kSpecial);
}

}  // namespace
}  // namespace openvidu::token
