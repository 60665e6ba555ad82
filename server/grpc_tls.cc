#include "server/grpc_tls.h"

#include <fcntl.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/log.h"
#include "common/read_file.h"
#include "net/tls_server.h"

namespace openvidu::token {
namespace {

constexpr unsigned kRefreshSeconds = 1;

absl::Status NoMemory() {
  return absl::ResourceExhaustedError(
      absl::StrCat("no memory for the gRPC certificate: ", std::strerror(errno)));
}

/// Whether all of `text` could be written.
bool WriteAll(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::Status GrpcTls::Check(const TlsFiles& files) {
  if (files.cert_file.empty() || files.key_file.empty()) {
    return absl::InvalidArgumentError("gRPC over TLS needs both a certificate file and a key file");
  }
  return TlsServer::Check({.files = files});
}

absl::StatusOr<std::unique_ptr<GrpcTls>> GrpcTls::Create(const TlsFiles& files,
                                                         absl::Duration reload_interval,
                                                         Reactor& reactor) {
  std::unique_ptr<GrpcTls> tls(new GrpcTls(files, reload_interval, reactor));
  if (absl::Status loaded = tls->Load(); !loaded.ok()) return loaded;
  tls->watch_.Begin();
  return tls;
}

GrpcTls::GrpcTls(const TlsFiles& files, absl::Duration reload_interval, Reactor& reactor)
    : files_(files),
      watch_(reactor, {files.cert_file, files.key_file}, reload_interval, [this] { Reload(); }) {}

GrpcTls::~GrpcTls() {
  if (fd_ >= 0) close(fd_);
}

// gRPC would look at the files itself, but takes the certificate and the key one by one, drops the
// pair that it has before it looks at the new one, and says little of what is wrong. So it gets
// what has been checked: both as one file in memory, which is changed as a whole, by its
// descriptor.
std::shared_ptr<grpc::ServerCredentials> GrpcTls::MakeCredentials() const {
  const std::string path = absl::StrCat("/proc/self/fd/", fd_);
  const auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      path, path, kRefreshSeconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  return grpc::experimental::TlsServerCredentials(options);
}

absl::Status GrpcTls::Load() {
  if (absl::Status mistakes = Check(files_); !mistakes.ok()) return mistakes;
  const absl::StatusOr<std::string> cert = ReadFile(files_.cert_file);
  if (!cert.ok()) return cert.status();
  absl::StatusOr<std::string> key = ReadFile(files_.key_file);
  if (!key.ok()) return key.status();
  const int fd = memfd_create("grpc-tls", MFD_CLOEXEC);
  const bool written = fd >= 0 && WriteAll(fd, *key) && WriteAll(fd, "\n") && WriteAll(fd, *cert);
  OPENSSL_cleanse(key->data(), key->size());
  if (fd_ < 0 && written) {
    fd_ = fd;
    return absl::OkStatus();
  }
  const bool swapped = written && dup3(fd, fd_, O_CLOEXEC) >= 0;
  const absl::Status status = swapped ? absl::OkStatus() : NoMemory();
  if (fd >= 0) close(fd);
  return status;
}

void GrpcTls::Reload() {
  if (const absl::Status status = Load(); status.ok()) {
    LogInfo(absl::StrCat("gRPC: new certificate from '", files_.cert_file, "'"));
  } else {
    LogError(absl::StrCat("gRPC: the certificate before stays: ",
                          absl::StrReplaceAll(status.message(), {{"\n", "; "}})));
  }
}

}  // namespace openvidu::token
