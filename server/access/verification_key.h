#ifndef SERVER_ACCESS_VERIFICATION_KEY_H_
#define SERVER_ACCESS_VERIFICATION_KEY_H_

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace openvidu::token {

/// A key that tokens are verified by. What it may be used for comes from its type, never from a
/// token, so that no public key is ever taken for a shared secret. Of the last two it has one.
struct VerificationKey {
  std::string id;                        ///< The `kid`; empty: none.
  std::vector<std::string> algorithms;   ///< Those that it permits (RFC 7518 §3.1); never empty.
  std::string secret;                    ///< The bytes of a shared secret.
  std::shared_ptr<EVP_PKEY> public_key;  ///< Read once; threads may verify by it at once.
};
using VerificationKeys = std::vector<VerificationKey>;

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_VERIFICATION_KEY_H_
