#include "net/self_signed_certificate.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

constexpr int kDay = 24 * 60 * 60;  // in seconds
constexpr int kValidDays = 365;
constexpr int kRenewDays = 30;

absl::Status Failed(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot keep a self-signed certificate in '", path, "': ", why));
}

bool IsUsable(const TlsFiles& files) {
  struct stat key {};
  if (stat(files.key_file.c_str(), &key) != 0 || !S_ISREG(key.st_mode)) return false;
  if ((key.st_mode & (S_IRWXG | S_IRWXO)) != 0) return false;
  const absl::StatusOr<TlsKeyPair> pair = ReadTlsKeyPair(files);
  if (!pair.ok()) return false;
  std::time_t renewal = std::time(nullptr) + kRenewDays * kDay;
  return X509_cmp_time(X509_get0_notAfter(pair->chain.front().get()), &renewal) > 0;
}

// "" where it is no name that a certificate can have.
std::string HostName() {
  char name[256] = "";
  gethostname(name, sizeof(name) - 1);
  const absl::string_view host = name;
  const bool valid = std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.';
  });
  return valid && host != "localhost" ? std::string(host) : "";
}

bool AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

X509Certificate Sign(EVP_PKEY* key) {
  X509Certificate certificate(X509_new());
  X509* const x509 = certificate.get();
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1);
  X509_set_version(x509, X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(x509), -kDay);  // clocks differ
  X509_gmtime_adj(X509_getm_notAfter(x509), kValidDays * kDay);
  X509_set_pubkey(x509, key);
  X509_NAME* const name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>("OpenVidu Token Service, self-signed"), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  const std::string host = HostName();
  const bool complete = AddExtension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
                        AddExtension(x509, NID_ext_key_usage, "serverAuth") &&
                        AddExtension(x509, NID_subject_key_identifier, "hash") &&
                        AddExtension(x509, NID_subject_alt_name,
                                     absl::StrCat("DNS:localhost,IP:127.0.0.1,IP:::1",
                                                  host.empty() ? "" : absl::StrCat(",DNS:", host)));
  if (!complete || X509_sign(x509, key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

/// What `write` puts into a BIO.
template <typename Write>
std::string ToPem(Write write) {
  BIO* const bio = BIO_new(BIO_s_secmem());
  std::string pem;
  if (write(bio) == 1) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio, &bytes);
    pem.assign(bytes, static_cast<size_t>(size));
  }
  BIO_free_all(bio);
  return pem;
}

/// Replaces the file as a whole, with `mode` from its first byte on.
absl::Status WriteFile(const std::string& path, mode_t mode, absl::string_view text) {
  const std::string part = absl::StrCat(path, ".new");
  unlink(part.c_str());
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) return Failed(path, std::strerror(errno));
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  const int error = errno;
  close(fd);
  if (!written) return Failed(path, std::strerror(error));
  if (rename(part.c_str(), path.c_str()) != 0) return Failed(path, std::strerror(errno));
  return absl::OkStatus();
}

absl::Status Make(const TlsFiles& files) {
  const PrivateKey key(EVP_EC_gen("P-256"));
  const X509Certificate certificate = key == nullptr ? nullptr : Sign(key.get());
  ERR_clear_error();
  if (certificate == nullptr) return Failed(files.cert_file, "OpenSSL does not make one");
  std::string key_pem = ToPem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  absl::Status status = WriteFile(files.key_file, S_IRUSR | S_IWUSR, key_pem);
  OPENSSL_cleanse(key_pem.data(), key_pem.size());
  if (!status.ok()) return status;
  return WriteFile(files.cert_file, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH,
                   ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); }));
}

}  // namespace

absl::StatusOr<TlsFiles> KeepSelfSignedCertificate(const std::string& folder) {
  std::error_code failed;
  const std::filesystem::path parent = std::filesystem::path(folder).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, failed);
  if (failed) return Failed(folder, failed.message());
  if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return Failed(folder, std::strerror(errno));
  }
  const int lock = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return Failed(folder, std::strerror(errno));
  const absl::Cleanup unlock = [lock] { close(lock); };
  if (flock(lock, LOCK_EX) != 0) return Failed(folder, std::strerror(errno));

  const TlsFiles files{folder + "/self-signed.cert.pem", folder + "/self-signed.key.pem"};
  if (IsUsable(files)) return files;
  if (const absl::Status made = Make(files); !made.ok()) return made;
  return files;
}

}  // namespace openvidu::token
