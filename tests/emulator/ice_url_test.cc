#include "emulator/ice_url.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace openvidu::emulator {
namespace {

TEST(IceUrlTest, TakesAddressesAndDomains) {
  for (const char* url : {"stun:1.2.3.4", "stun:1.2.3.4:3478", "turn:turn.example.com:443",
                          "turns:a.b.co?transport=udp", "turn:1.2.3.4?transport=tcp",
                          "stuns:[2001:db8::1]:5349", "stun:[2001:db8::1]"}) {
    EXPECT_TRUE(CheckIceUrl(url).ok()) << CheckIceUrl(url);
  }
}

TEST(IceUrlTest, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"publisher", "No colons found in: 'publisher'"},
      {"http:1.2.3.4", "The protocol 'http' is invalid"},
      {"STUN:1.2.3.4", "The protocol 'STUN' is invalid"},
      {"stun:", "Host defined in 'stun:' is empty or null"},
      {"stun::3478", "Host defined in 'stun::3478' is empty or null"},
      {"stun:1.2.3.4:0", "is not a valid port number (0-65535)"},
      {"stun:1.2.3.4:65536", "is not a valid port number (0-65535)"},
      {"stun:1.2.3.4:x", "is not a number (0-65535)"},
      {"stun:1.2.3.4:", "Host or port are not correctly defined"},
      {"stun:1.2.3.4:1:2", "Host or port are not correctly defined"},
      {"stun:1.2.3.4?transport=udp", "STUN uri can't have any '?' query param"},
      {"turn:1.2.3.4?x=y", "Unique valid arguments after '?'"},
      {"stun:[::1", "Not closed bracket"},
      {"stun:[::1]x", "Port is not specified correctly after IPv6"},
      {"stun://1.2.3.4", "Is not a valid Internet Address (IP or Domain Name): '//1.2.3.4'"},
  };
  for (const auto& [url, message] : cases) {
    EXPECT_TRUE(absl::StrContains(CheckIceUrl(url).message(), message))
        << url << ": " << CheckIceUrl(url);
  }
}

}  // namespace
}  // namespace openvidu::emulator
