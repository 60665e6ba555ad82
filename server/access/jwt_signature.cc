#include "server/access/jwt_signature.h"

#include <jwt.h>
#include <openssl/err.h>

#include <memory>

namespace openvidu::token {

bool HasSignatureOf(const VerificationKey& key, const std::string& algorithm,
                    const std::string& token) {
  // An empty key would be none to libjwt, which then looks at no signature.
  if (key.material.empty()) return false;
  jwt_t* decoded = nullptr;
  const int error = jwt_decode(&decoded, token.c_str(),
                               reinterpret_cast<const unsigned char*>(key.material.data()),
                               static_cast<int>(key.material.size()));
  const std::unique_ptr<jwt_t, void (*)(jwt_t*)> owner(decoded, jwt_free);
  // It leaves what OpenSSL said of a wrong signature, which TLS on this thread would take for its
  // own.
  ERR_clear_error();
  // It has read the header once more, by another parser: what it found there must be what we did.
  return error == 0 && jwt_get_alg(decoded) == jwt_str_alg(algorithm.c_str());
}

}  // namespace openvidu::token
