#include "server/access/address_class.h"

#include <netinet/in.h>

#include <cstdint>
#include <cstring>

namespace openvidu::token {
namespace {

struct Range4 {
  uint32_t begin;
  int bits;
  AddressClass address_class;
};

constexpr uint32_t Ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr Range4 kRanges4[] = {
    {Ip(0, 0, 0, 0), 8, AddressClass::kSpecial},        // this network
    {Ip(10, 0, 0, 0), 8, AddressClass::kPrivate},       // RFC 1918
    {Ip(100, 64, 0, 0), 10, AddressClass::kPrivate},    // shared, behind carriers' NAT
    {Ip(127, 0, 0, 0), 8, AddressClass::kSpecial},      // loopback
    {Ip(169, 254, 0, 0), 16, AddressClass::kSpecial},   // link-local, clouds' metadata
    {Ip(172, 16, 0, 0), 12, AddressClass::kPrivate},    // RFC 1918
    {Ip(192, 0, 0, 0), 24, AddressClass::kSpecial},     // IETF protocols
    {Ip(192, 0, 2, 0), 24, AddressClass::kSpecial},     // documentation
    {Ip(192, 88, 99, 0), 24, AddressClass::kSpecial},   // 6to4 relays
    {Ip(192, 168, 0, 0), 16, AddressClass::kPrivate},   // RFC 1918
    {Ip(198, 18, 0, 0), 15, AddressClass::kSpecial},    // benchmarks
    {Ip(198, 51, 100, 0), 24, AddressClass::kSpecial},  // documentation
    {Ip(203, 0, 113, 0), 24, AddressClass::kSpecial},   // documentation
    {Ip(224, 0, 0, 0), 4, AddressClass::kSpecial},      // multicast
    {Ip(240, 0, 0, 0), 4, AddressClass::kSpecial},      // reserved, broadcast
};

AddressClass Classify4(uint32_t address) {
  for (const Range4& range : kRanges4) {
    if ((address ^ range.begin) >> (32 - range.bits) == 0) return range.address_class;
  }
  return AddressClass::kPublic;
}

struct Range6 {
  uint16_t begin[6];
  int bits;
  enum class Meaning { kPrivate, kSpecial, kIpv4Within, kPublic } meaning;
};
using Meaning = Range6::Meaning;

// The first that holds an address counts.
constexpr Range6 kRanges6[] = {
    {{0, 0, 0, 0, 0, 0xffff}, 96, Meaning::kIpv4Within},  // mapped; the IPv4 comes last
    {{0x64, 0xff9b}, 96, Meaning::kIpv4Within},           // NAT64; likewise
    {{0xfc00}, 7, Meaning::kPrivate},                     // unique local
    {{0x2001}, 23, Meaning::kSpecial},                    // IETF protocols, Teredo
    {{0x2001, 0xdb8}, 32, Meaning::kSpecial},             // documentation
    {{0x2002}, 16, Meaning::kSpecial},                    // 6to4
    {{0x3fff}, 20, Meaning::kSpecial},                    // documentation
    {{0x2000}, 3, Meaning::kPublic},                      // global unicast
};

bool Holds(const Range6& range, const uint8_t* address) {
  for (int bit = 0; bit < range.bits; ++bit) {
    const int ours = range.begin[bit / 16] >> (15 - bit % 16) & 1;
    const int theirs = address[bit / 8] >> (7 - bit % 8) & 1;
    if (ours != theirs) return false;
  }
  return true;
}

AddressClass Classify6(const uint8_t* address) {
  for (const Range6& range : kRanges6) {
    if (!Holds(range, address)) continue;
    switch (range.meaning) {
      case Meaning::kPrivate:
        return AddressClass::kPrivate;
      case Meaning::kSpecial:
        return AddressClass::kSpecial;
      case Meaning::kPublic:
        return AddressClass::kPublic;
      case Meaning::kIpv4Within:
        return Classify4(Ip(address[12], address[13], address[14], address[15]));
    }
  }
  return AddressClass::kSpecial;  // loopback, link-local, multicast, what is not given out
}

}  // namespace

AddressClass ClassifyAddress(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in four;
    std::memcpy(&four, &address, sizeof(four));
    return Classify4(ntohl(four.sin_addr.s_addr));
  }
  if (address.ss_family != AF_INET6) return AddressClass::kSpecial;
  sockaddr_in6 six;
  std::memcpy(&six, &address, sizeof(six));
  return Classify6(six.sin6_addr.s6_addr);
}

}  // namespace openvidu::token
