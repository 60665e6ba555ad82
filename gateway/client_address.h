#ifndef GATEWAY_CLIENT_ADDRESS_H_
#define GATEWAY_CLIENT_ADDRESS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// The proxies whose word about a request's origin is taken. Thread-safe.
class TrustedProxies {
 public:
  /// Trusts nobody.
  TrustedProxies() = default;

  /// Takes networks, comma-separated, such as `10.0.0.0/8, fd00::/8, 192.0.2.7`. Errors:
  /// kInvalidArgument naming what is none.
  static absl::StatusOr<TrustedProxies> Parse(absl::string_view cidrs);

  /// Who asks: the peer, or, where that is a trusted proxy, the last address in `forwarded_for`
  /// (the values of X-Forwarded-For, comma-separated, each proxy's own addition last) that is none.
  /// Numeric; an IPv4 address mapped into IPv6 in its IPv4 form.
  std::string AddressOfClient(absl::string_view peer, absl::string_view forwarded_for) const;

  /// The same as a key for limits: an IPv4 address as it is, of an IPv6 address the /64, which is
  /// one customer's.
  std::string Caller(absl::string_view peer, absl::string_view forwarded_for) const;

  /// Whether the peer is a trusted proxy.
  bool Trusts(absl::string_view peer) const;

 private:
  /// IPv6, or IPv4 in its mapped form.
  using Address = std::array<uint8_t, 16>;
  struct Network {
    Address address;
    int bits;
  };

  static std::optional<Address> ParseAddress(absl::string_view text);
  static std::string Text(const Address& address);
  static std::string Key(const Address& address);
  /// Nothing where the peer has no address.
  std::optional<Address> Find(absl::string_view peer, absl::string_view forwarded_for) const;
  bool Trusts(const Address& address) const;

  std::vector<Network> networks_;
};

}  // namespace openvidu::token

#endif  // GATEWAY_CLIENT_ADDRESS_H_
