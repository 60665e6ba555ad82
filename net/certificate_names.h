#ifndef NET_CERTIFICATE_NAMES_H_
#define NET_CERTIFICATE_NAMES_H_

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Returns whom a certificate names, as Caller::certificate_names (common/caller.h) has it:
/// DNS names in lower case, addresses in their canonical form. Passed over is what cannot be
/// compared without doubt: a name with anything but printable ASCII characters in it (an attacker's
/// NUL as well), one that is too long, and a common name that is not the only one. Who vouched for
/// it is the caller's to check.
std::vector<std::string> NamesOfCertificate(const X509* certificate);

/// The same of the first certificate in PEM; none where there is none.
std::vector<std::string> NamesOfCertificate(absl::string_view pem);

}  // namespace openvidu::token

#endif  // NET_CERTIFICATE_NAMES_H_
