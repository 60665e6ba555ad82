#ifndef SERVER_ACCESS_EC_CURVE_H_
#define SERVER_ACCESS_EC_CURVE_H_

#include <cstddef>

namespace openvidu::token {

/// A curve that a key can be on, and the one algorithm that is bound to it (RFC 7518 §3.4).
struct EcCurve {
  const char* name;     ///< RFC 7518 §6.2.1.1
  const char* openssl;  ///< What OpenSSL calls it.
  size_t coordinate_bytes;
  const char* algorithm;
};
inline constexpr EcCurve kEcCurves[] = {{"P-256", "prime256v1", 32, "ES256"},
                                        {"P-384", "secp384r1", 48, "ES384"},
                                        {"P-521", "secp521r1", 66, "ES512"}};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_EC_CURVE_H_
