#ifndef SERVER_ACCESS_CERTIFICATE_NAMES_H_
#define SERVER_ACCESS_CERTIFICATE_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Which names of certificates (Caller::certificate_names) are meant: "dns:", "uri:", "email:",
/// "ip:" or "cn:" and the name, exactly, but DNS names in either case; "dns:*.example.com" stands
/// for every name of one label more. Immutable.
class CertificateNames {
 public:
  /// Errors: kInvalidArgument naming every entry that is none, one a line.
  static absl::Status Check(const std::vector<std::string>& names);

  explicit CertificateNames(std::vector<std::string> names);

  /// The first of `presented` that is meant; null: none is.
  const std::string* Find(const std::vector<std::string>& presented) const;

 private:
  std::vector<std::string> names_;  // of DNS names in lower case
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_CERTIFICATE_NAMES_H_
