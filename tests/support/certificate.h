#ifndef TESTS_SUPPORT_CERTIFICATE_H_
#define TESTS_SUPPORT_CERTIFICATE_H_

#include <string>

#include "tests/support/temp_folder.h"

namespace openvidu::token {

/// A new certificate, signed by itself, and its key, as PEM files that go with the object.
class Certificate {
 public:
  /// For one DNS name, which is the common name too.
  explicit Certificate(const std::string& dns_name) : Certificate(dns_name, "DNS:" + dns_name) {}
  /// With subject alternative names in OpenSSL's form, such as "DNS:a.example,URI:spiffe://a/b".
  Certificate(const std::string& common_name, const std::string& alternative_names);
  const std::string& cert_file() const { return cert_file_; }
  const std::string& key_file() const { return key_file_; }

 private:
  TempFolder folder_;
  std::string cert_file_;
  std::string key_file_;
};

}  // namespace openvidu::token

#endif  // TESTS_SUPPORT_CERTIFICATE_H_
