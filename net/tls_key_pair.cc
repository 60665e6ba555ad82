#include "net/tls_key_pair.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/mistakes.h"
#include "common/read_file.h"

namespace openvidu::token {
namespace {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;

// OpenSSL's own would ask for a password on the terminal.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

absl::Status ReadKey(const std::string& path, PrivateKey* key) {
  absl::StatusOr<std::string> pem = ReadFile(path);
  if (!pem.ok()) return pem.status();
  {
    const Bio bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
    key->reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  }
  ERR_clear_error();
  OPENSSL_cleanse(pem->data(), pem->size());
  if (*key != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", path, "' holds no PEM private key, or one under a password"));
}

}  // namespace

absl::StatusOr<std::vector<X509Certificate>> ReadCertificates(const std::string& path) {
  const absl::StatusOr<std::string> pem = ReadFile(path);
  if (!pem.ok()) return pem.status();
  std::vector<X509Certificate> certificates;
  const Bio bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  while (X509* const certificate = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    certificates.emplace_back(certificate);
  }
  // The end of the file is told as an error too: that it holds no more.
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!certificates.empty() && ended) return certificates;
  return absl::InvalidArgumentError(
      absl::StrCat("'", path, "' holds ", ended ? "no" : "a broken", " PEM certificate"));
}

absl::Time ExpiryOf(const X509& certificate) {
  std::tm time{};
  ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &time);
  return absl::FromTM(time, absl::UTCTimeZone());
}

absl::StatusOr<TlsKeyPair> ReadTlsKeyPair(const TlsFiles& files) {
  TlsKeyPair pair;
  absl::StatusOr<std::vector<X509Certificate>> chain = ReadCertificates(files.cert_file);
  const absl::Status mistakes = AllMistakes({chain.status(), ReadKey(files.key_file, &pair.key)});
  if (!mistakes.ok()) return mistakes;
  pair.chain = *std::move(chain);
  const bool match = X509_check_private_key(pair.chain.front().get(), pair.key.get()) == 1;
  ERR_clear_error();
  if (match) return pair;
  return absl::InvalidArgumentError(absl::StrCat("the key in '", files.key_file,
                                                 "' is not that of the certificate in '",
                                                 files.cert_file, "'"));
}

}  // namespace openvidu::token
