#ifndef NET_SELF_SIGNED_CERTIFICATE_H_
#define NET_SELF_SIGNED_CERTIFICATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "net/tls_key_pair.h"

namespace openvidu::token {

/// Returns a certificate for development, which nobody vouches for but itself: for localhost,
/// 127.0.0.1, ::1 and this machine's name, valid for a year. It is kept in `folder`, which is made
/// where it is missing, as self-signed.cert.pem and self-signed.key.pem (mode 0600), and made anew
/// when it ends within 30 days, does not match its key, or others may read that. Processes that
/// share a folder share the certificate. Errors: kFailedPrecondition (the folder or a file in it
/// cannot be used; names it).
absl::StatusOr<TlsFiles> KeepSelfSignedCertificate(const std::string& folder);

}  // namespace openvidu::token

#endif  // NET_SELF_SIGNED_CERTIFICATE_H_
