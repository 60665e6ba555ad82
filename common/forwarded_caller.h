#ifndef COMMON_FORWARDED_CALLER_H_
#define COMMON_FORWARDED_CALLER_H_

namespace openvidu::token {

// The metadata by which a gateway tells the token server for whom it calls. Anybody may send the
// first two for itself; the others are believed of a trusted gateway only.

inline constexpr char kAuthorizationKey[] = "authorization";  ///< `Bearer` and the token.
inline constexpr char kRequestIdKey[] = "x-request-id";
inline constexpr char kForwardedForKey[] = "x-forwarded-for";  ///< One address, numeric.
/// Once for each of Caller::certificate_names; gRPC encodes it in base64.
inline constexpr char kForwardedNamesKey[] = "x-forwarded-client-cert-names-bin";

}  // namespace openvidu::token

#endif  // COMMON_FORWARDED_CALLER_H_
