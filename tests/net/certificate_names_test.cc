#include "net/certificate_names.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>

#include "common/read_file.h"
#include "net/tls_key_pair.h"
#include "tests/support/certificate.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> NamesIn(const Certificate& certificate) {
  const auto pem = ReadFile(certificate.cert_file());
  EXPECT_THAT(pem, IsOk());
  return NamesOfCertificate(*pem);
}

TEST(CertificateNamesTest, AreEachAlternativeNameAndTheCommonName) {
  const Certificate certificate(
      "gateway",
      "DNS:Gateway.Example.COM,URI:spiffe://Example.com/Gateway,email:ops@example.com,"
      "IP:192.0.2.1,IP:2001:db8:0:0:0:0:0:1,RID:1.2.3.4");
  EXPECT_THAT(NamesIn(certificate),
              ElementsAre("dns:gateway.example.com", "uri:spiffe://Example.com/Gateway",
                          "email:ops@example.com", "ip:192.0.2.1", "ip:2001:db8::1", "cn:gateway"));
}

TEST(CertificateNamesTest, WhatIsNoCertificateHasNone) {
  EXPECT_THAT(NamesOfCertificate(""), IsEmpty());
  EXPECT_THAT(NamesOfCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
              IsEmpty());
}

/// A certificate that nobody signed, to be filled.
X509Certificate Blank() { return X509Certificate(X509_new()); }

void AddCommonName(X509* certificate, absl::string_view name) {
  X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
}

TEST(CertificateNamesTest, WhatCouldBeTakenForAnotherIsPassedOver) {
  for (const absl::string_view name :
       {absl::string_view("admin\0.evil", 11), absl::string_view("line\nbreak"),
        absl::string_view("J\xc3\xbcrgen"), absl::string_view("\x7f")}) {
    const X509Certificate certificate = Blank();
    AddCommonName(certificate.get(), name);
    EXPECT_THAT(NamesOfCertificate(certificate.get()), IsEmpty()) << name;
  }
  const X509Certificate spaced = Blank();
  AddCommonName(spaced.get(), "Ada Lovelace");
  EXPECT_THAT(NamesOfCertificate(spaced.get()), ElementsAre("cn:Ada Lovelace"));
  AddCommonName(spaced.get(), "admin");  // which of the two is it?
  EXPECT_THAT(NamesOfCertificate(spaced.get()), IsEmpty());
}

}  // namespace
}  // namespace openvidu::token
