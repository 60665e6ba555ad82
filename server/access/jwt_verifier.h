#ifndef SERVER_ACCESS_JWT_VERIFIER_H_
#define SERVER_ACCESS_JWT_VERIFIER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/access/identity.h"
#include "server/access/verification_key.h"

namespace openvidu::token {

/// What a token has to say to be taken.
struct JwtRules {
  std::string issuer;                  ///< Its `iss`, exactly.
  std::vector<std::string> audiences;  ///< Its `aud` is or holds one of these.
  /// Its `alg` is one of these.
  std::vector<std::string> algorithms = {"RS256", "PS256", "ES256", "EdDSA", "HS256"};
  absl::Duration clock_skew = absl::Seconds(30);  ///< How far the issuer's clock may be off.
};

/// Errors: kInvalidArgument naming every mistake, by the flag's name, one a line.
absl::Status CheckJwtRules(const JwtRules& rules);

inline constexpr size_t kMaxTokenBytes = size_t{8} << 10;
inline constexpr size_t kMaxSubjectBytes = 256;

/// Verifies signed JSON Web Tokens (RFC 7519, RFC 8725), reading them strictly. Thread-safe.
class JwtVerifier {
 public:
  explicit JwtVerifier(JwtRules rules);

  /// Whose token it is, by one of `keys`. The kid must name the key, unless there is only one,
  /// which may have no id. Errors: kUnauthenticated, for the client's developer, never quoting the
  /// token, with a reason:
  /// * TOKEN_MISSING: it is empty.
  /// * TOKEN_MALFORMED: it is no signed JWT, is too large, or has a header that nobody should act
  ///   on, such as `crit` or a key of its own.
  /// * TOKEN_ALGORITHM: its `alg` is not on the list, or not for the key.
  /// * TOKEN_KEY_UNKNOWN: no key is its; newer keys may help.
  /// * TOKEN_SIGNATURE: the signature is not that of the key.
  /// * TOKEN_ISSUER, TOKEN_AUDIENCE, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, TOKEN_SUBJECT: a claim.
  absl::StatusOr<Identity> Verify(absl::string_view token, const VerificationKeys& keys,
                                  absl::Time now) const;

 private:
  const JwtRules rules_;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_JWT_VERIFIER_H_
