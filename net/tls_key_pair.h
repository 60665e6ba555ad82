#ifndef NET_TLS_KEY_PAIR_H_
#define NET_TLS_KEY_PAIR_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace openvidu::token {

struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using X509Certificate = std::unique_ptr<X509, CertificateDeleter>;

struct PrivateKeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, PrivateKeyDeleter>;

/// Where a server's certificate and key are, in PEM. May be one file.
struct TlsFiles {
  std::string cert_file;  ///< The server's certificate first, then those that vouch for it.
  std::string key_file;   ///< Not encrypted.
};

/// What a TLS server proves itself by.
struct TlsKeyPair {
  std::vector<X509Certificate> chain;  ///< One at least; the first is the key's.
  PrivateKey key;
};

/// Reads all certificates of a PEM file, one at least. Errors: kInvalidArgument with the path: it
/// cannot be read, or holds none or a broken one.
absl::StatusOr<std::vector<X509Certificate>> ReadCertificates(const std::string& path);

/// When it expires (X.509 notAfter).
absl::Time ExpiryOf(const X509& certificate);

/// Reads a pair. Errors: kInvalidArgument naming every mistake, one a line, with its path: a file
/// cannot be read or holds no such thing; the key is another certificate's.
absl::StatusOr<TlsKeyPair> ReadTlsKeyPair(const TlsFiles& files);

}  // namespace openvidu::token

#endif  // NET_TLS_KEY_PAIR_H_
