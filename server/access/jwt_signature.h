#ifndef SERVER_ACCESS_JWT_SIGNATURE_H_
#define SERVER_ACCESS_JWT_SIGNATURE_H_

#include <string>

#include "server/access/verification_key.h"

namespace openvidu::token {

/// Whether the signature of `token`, whole and in compact form, is that of `key` by `algorithm`,
/// which the key permits and which is the token's `alg`. Everything else about the token has been
/// checked before: the form of each part, and that the header is what libjwt takes.
bool HasSignatureOf(const VerificationKey& key, const std::string& algorithm,
                    const std::string& token);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_JWT_SIGNATURE_H_
