#ifndef COMMON_CERTIFICATE_NAMES_H_
#define COMMON_CERTIFICATE_NAMES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// How many names of one certificate are looked at, and how long each may be.
inline constexpr size_t kMaxCertificateNames = 32;
inline constexpr size_t kMaxCertificateNameBytes = 512;

/// Whether `text` is a name as a certificate can have it: `dns:`, `uri:`, `email:`, `ip:` or `cn:`
/// and printable ASCII characters, kMaxCertificateNameBytes at most.
bool IsCertificateName(absl::string_view text);

/// Which names of certificates (Caller::certificate_names) are meant: a name exactly, but DNS names
/// in either case; "dns:*.example.com" stands for every name of one label more. Immutable.
class CertificateNames {
 public:
  /// Whether it can be one of them.
  static bool IsEntry(absl::string_view name);

  /// Errors: kInvalidArgument naming every one that is no entry, one a line, with `flag`, that the
  /// names are of.
  static absl::Status Check(absl::string_view flag, const std::vector<std::string>& names);

  /// `names` are entries; none: nobody is meant.
  explicit CertificateNames(std::vector<std::string> names = {});

  /// The first of `presented` that is meant; null: none is.
  const std::string* Find(const std::vector<std::string>& presented) const;

 private:
  std::vector<std::string> names_;  // of DNS names in lower case
};

}  // namespace openvidu::token

#endif  // COMMON_CERTIFICATE_NAMES_H_
