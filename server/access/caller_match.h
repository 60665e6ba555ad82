#ifndef SERVER_ACCESS_CALLER_MATCH_H_
#define SERVER_ACCESS_CALLER_MATCH_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/certificate_names.h"
#include "server/access/identity.h"

namespace openvidu::token {

/// Whom a group of the policy is for.
struct CallerMatch {
  enum class Kind { kEveryone, kAnonymous, kAuthenticated, kClaims, kCertificate };

  Kind kind = Kind::kEveryone;
  /// Of kClaims: each named claim (FindClaim) has to be one of the values, or, where it is an
  /// array, to hold one. `scope` is a text of several words (RFC 8693).
  std::map<std::string, std::vector<nlohmann::json>> claims;
  CertificateNames names;  ///< Of kCertificate: one of the certificate's names is meant by it.

  bool Matches(const Identity& identity) const;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_CALLER_MATCH_H_
