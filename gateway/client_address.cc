#include "gateway/client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace openvidu::token {
namespace {

constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;
constexpr size_t kPrefixBytes = 8;  // of a /64

template <typename Address>
bool IsIpv4(const Address& address) {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

/// As some proxies write it: with a port, IPv6 then in brackets.
absl::string_view WithoutPort(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "[")) return text.substr(0, text.find(']'));
  const size_t colon = text.find(':');
  return colon != absl::string_view::npos && colon == text.rfind(':') ? text.substr(0, colon)
                                                                      : text;
}

}  // namespace

absl::StatusOr<TrustedProxies> TrustedProxies::Parse(absl::string_view cidrs) {
  TrustedProxies proxies;
  for (absl::string_view cidr : absl::StrSplit(cidrs, ',', absl::SkipWhitespace())) {
    cidr = absl::StripAsciiWhitespace(cidr);
    const std::vector<absl::string_view> parts = absl::StrSplit(cidr, absl::MaxSplits('/', 1));
    const std::optional<Address> address = ParseAddress(parts[0]);
    bool valid = address.has_value();
    int bits = 128;
    if (valid && parts.size() == 2) {
      const int mapped_bits = IsIpv4(*address) ? kMappedBits : 0;
      valid = absl::SimpleAtoi(parts[1], &bits) && bits >= 0 && bits <= 128 - mapped_bits;
      if (valid) bits += mapped_bits;
    }
    if (!valid) {
      return absl::InvalidArgumentError(
          absl::StrCat("trusted_proxies: '", cidr, "' is no network such as 10.0.0.0/8"));
    }
    proxies.networks_.push_back({*address, bits});
  }
  return proxies;
}

bool TrustedProxies::Trusts(absl::string_view peer) const {
  const std::optional<Address> address = ParseAddress(peer);
  return address.has_value() && Trusts(*address);
}

std::string TrustedProxies::AddressOfClient(absl::string_view peer,
                                            absl::string_view forwarded_for) const {
  const std::optional<Address> caller = Find(peer, forwarded_for);
  return caller.has_value() ? Text(*caller) : "";
}

std::string TrustedProxies::Caller(absl::string_view peer, absl::string_view forwarded_for) const {
  const std::optional<Address> caller = Find(peer, forwarded_for);
  return caller.has_value() ? Key(*caller) : std::string(peer);
}

std::optional<TrustedProxies::Address> TrustedProxies::Find(absl::string_view peer,
                                                            absl::string_view forwarded_for) const {
  const std::optional<Address> own = ParseAddress(peer);
  if (!own.has_value()) return std::nullopt;
  Address caller = *own;
  std::vector<absl::string_view> hops = absl::StrSplit(forwarded_for, ',', absl::SkipWhitespace());
  while (Trusts(caller) && !hops.empty()) {
    const auto hop = ParseAddress(WithoutPort(absl::StripAsciiWhitespace(hops.back())));
    hops.pop_back();
    if (!hop.has_value()) break;  // what a trusted proxy does not say so is nobody's word
    caller = *hop;
  }
  return caller;
}

std::optional<TrustedProxies::Address> TrustedProxies::ParseAddress(absl::string_view text) {
  const std::string terminated(text.substr(0, text.find('%')));  // without a zone
  Address address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  if (inet_pton(AF_INET, terminated.c_str(), address.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

std::string TrustedProxies::Text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (IsIpv4(address)) {
    inet_ntop(AF_INET, address.data() + kMapped.size(), text, sizeof(text));
  } else {
    inet_ntop(AF_INET6, address.data(), text, sizeof(text));
  }
  return text;
}

std::string TrustedProxies::Key(const Address& address) {
  if (IsIpv4(address)) return Text(address);
  Address prefix{};
  std::copy_n(address.begin(), kPrefixBytes, prefix.begin());
  return absl::StrCat(Text(prefix), "/64");
}

bool TrustedProxies::Trusts(const Address& address) const {
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    for (int bit = 0; bit < network.bits; ++bit) {
      const size_t byte = static_cast<size_t>(bit) / 8;
      const int mask = 0x80 >> (bit % 8);
      if (((address[byte] ^ network.address[byte]) & mask) != 0) return false;
    }
    return true;
  });
}

}  // namespace openvidu::token
