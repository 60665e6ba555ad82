#ifndef SERVER_ACCESS_JWT_CLAIMS_H_
#define SERVER_ACCESS_JWT_CLAIMS_H_

#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/access/jwt_verifier.h"

namespace openvidu::token {

/// Checks the claims of a token whose signature is right. Errors: those of JwtVerifier::Verify.
absl::Status CheckClaims(const nlohmann::json& claims, const JwtRules& rules, absl::Time now);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_JWT_CLAIMS_H_
