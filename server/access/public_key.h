#ifndef SERVER_ACCESS_PUBLIC_KEY_H_
#define SERVER_ACCESS_PUBLIC_KEY_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/verification_key.h"

namespace openvidu::token {

/// All make keys without an id, for the algorithms of their type.
/// Errors: kInvalidArgument that says, as the end of a sentence, what is wrong with the key.

/// `modulus` and `exponent` are big-endian (RFC 7518 §6.3.1).
absl::StatusOr<VerificationKey> MakeRsaKey(absl::string_view modulus, absl::string_view exponent);

/// Whether `curve` ("P-256", …) is one that a key can be on.
bool IsKnownCurve(absl::string_view curve);

/// `x` and `y` are big-endian, each as long as the curve's coordinates are (RFC 7518 §6.2.1).
absl::StatusOr<VerificationKey> MakeEcKey(absl::string_view curve, absl::string_view x,
                                          absl::string_view y);

/// `x` is the point as RFC 8032 encodes it, 32 bytes (RFC 8037 §2).
absl::StatusOr<VerificationKey> MakeEd25519Key(absl::string_view x);

/// Reads a PEM text that is one public key and nothing else.
absl::StatusOr<VerificationKey> ReadPublicKey(absl::string_view pem);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_PUBLIC_KEY_H_
