#ifndef SERVER_ACCESS_JSON_WEB_KEYS_H_
#define SERVER_ACCESS_JSON_WEB_KEYS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/verification_key.h"

namespace openvidu::token {

inline constexpr size_t kMaxKeySetBytes = size_t{256} << 10;
inline constexpr size_t kMaxKeys = 64;  ///< In a set.

/// Whether a set may hold shared secrets (`"kty":"oct"`).
enum class SharedSecrets {
  kAllowed,
  kRefused,  ///< Whoever can read the set could sign by them.
};

/// Reads a JWK Set (RFC 7517): RSA of 2048 to 8192 bits, EC on P-256, P-384 and P-521, OKP of
/// Ed25519 (RFC 8037), oct of 32 bytes or more. Keys that are for something else, by their type,
/// `use`, `key_ops` or `alg`, are skipped. Errors: kInvalidArgument naming every key that is
/// malformed, weak or a private one, by its place and kid, one a line; or that none is left.
absl::StatusOr<VerificationKeys> ParseJsonWebKeys(absl::string_view json, SharedSecrets secrets);

/// Reads one public key (`-----BEGIN PUBLIC KEY-----`) of the same kinds; it has no id.
/// Errors: kInvalidArgument.
absl::StatusOr<VerificationKeys> ParsePemKey(absl::string_view pem);

/// Reads a file of either form: a JWK Set if it begins with '{'. Errors: kInvalidArgument naming
/// it.
absl::StatusOr<VerificationKeys> ReadKeysFile(const std::string& path);

/// Reads a secret for HS256, 32 bytes or more (RFC 7518 §3.2). Where it is text, a line break at
/// its end is none of it. Errors: kInvalidArgument naming the file, not its content.
absl::StatusOr<VerificationKeys> ReadHmacKeyFile(const std::string& path);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_JSON_WEB_KEYS_H_
