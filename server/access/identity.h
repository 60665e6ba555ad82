#ifndef SERVER_ACCESS_IDENTITY_H_
#define SERVER_ACCESS_IDENTITY_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace openvidu::token {

/// Whom a caller was found to be.
struct Identity {
  enum class Method {
    kNone,         ///< Anonymous.
    kJwt,          ///< By a bearer token.
    kCertificate,  ///< By a client certificate.
  };

  Method method = Method::kNone;
  /// The token's `sub`, or the certificate's name that is on the list. Empty: anonymous.
  std::string subject;
  nlohmann::json claims;                       ///< Of kJwt: the token's payload, an object.
  std::vector<std::string> certificate_names;  ///< Of kCertificate: as in Caller.
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_IDENTITY_H_
