#ifndef SERVER_ACCESS_JWT_SIGNATURE_H_
#define SERVER_ACCESS_JWT_SIGNATURE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "server/access/verification_key.h"

namespace openvidu::token {

/// The signature algorithms that there are, as RFC 7518 §3.1 and RFC 8037 §3.1 name them. `none` is
/// none of them.
std::vector<absl::string_view> KnownAlgorithms();

/// Whether `signature` is that of `text` by `key` and `algorithm`. It is not where the key is of
/// another type or curve than the algorithm's, nor in any form but that of RFC 7518 §3. The only
/// place that looks at signatures. Thread-safe; leaves nothing in OpenSSL's queue of errors, where
/// TLS on this thread would find it.
bool HasSignatureOf(const VerificationKey& key, absl::string_view algorithm, absl::string_view text,
                    absl::string_view signature);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_JWT_SIGNATURE_H_
