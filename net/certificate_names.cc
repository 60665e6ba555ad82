#include "net/certificate_names.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/caller_fields.h"
#include "common/certificate_names.h"
#include "net/tls_key_pair.h"

namespace openvidu::token {
namespace {

struct NamesDeleter {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};

absl::string_view TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

/// "" for a kind that is not ours.
std::string NameOf(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
      return absl::StrCat("dns:", absl::AsciiStrToLower(TextOf(name.d.dNSName)));
    case GEN_URI:
      return absl::StrCat("uri:", TextOf(name.d.uniformResourceIdentifier));
    case GEN_EMAIL:
      return absl::StrCat("email:", TextOf(name.d.rfc822Name));
    case GEN_IPADD: {
      const absl::string_view bytes = TextOf(name.d.iPAddress);
      if (bytes.size() != 4 && bytes.size() != 16) return "";
      char text[INET6_ADDRSTRLEN] = {};
      inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof(text));
      return absl::StrCat("ip:", CanonicalAddress(text));
    }
    default:
      return "";
  }
}

std::string CommonNameOf(const X509* certificate) {
  const X509_NAME* const subject = X509_get_subject_name(certificate);
  const int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, first) >= 0) return "";
  unsigned char* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
  if (size < 0) return "";
  std::string name = absl::StrCat(
      "cn:", absl::string_view(reinterpret_cast<char*>(utf8), static_cast<size_t>(size)));
  OPENSSL_free(utf8);
  return name;
}

}  // namespace

std::vector<std::string> NamesOfCertificate(const X509* certificate) {
  std::vector<std::string> names;
  const auto add = [&names](std::string name) {
    if (names.size() < kMaxCertificateNames && IsCertificateName(name)) {
      names.push_back(std::move(name));
    }
  };
  const std::unique_ptr<GENERAL_NAMES, NamesDeleter> alternatives(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    add(NameOf(*sk_GENERAL_NAME_value(alternatives.get(), i)));
  }
  add(CommonNameOf(certificate));
  ERR_clear_error();
  return names;
}

std::vector<std::string> NamesOfCertificate(absl::string_view pem) {
  const std::unique_ptr<BIO, BioDeleter> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const X509Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate == nullptr ? std::vector<std::string>() : NamesOfCertificate(certificate.get());
}

}  // namespace openvidu::token
