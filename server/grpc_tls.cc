#include "server/grpc_tls.h"

#include <fcntl.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/read_file.h"
#include "common/write_all.h"
#include "net/tls_server.h"

namespace openvidu::token {
namespace {

constexpr unsigned kRefreshSeconds = 1;

absl::Status NoMemory() {
  return absl::ResourceExhaustedError(
      absl::StrCat("no memory for the gRPC certificate: ", std::strerror(errno)));
}

/// Makes a file in memory of `parts`. -1: no memory.
int MakeMemoryFile(std::initializer_list<absl::string_view> parts) {
  const int fd = memfd_create("grpc-tls", MFD_CLOEXEC);
  if (fd < 0) return -1;
  for (const absl::string_view part : parts) {
    if (WriteAll(fd, part)) continue;
    close(fd);
    return -1;
  }
  return fd;
}

/// Puts the file `fresh`, which it takes, in the place of `fd`.
bool Replace(int fresh, int& fd) {
  if (fd < 0) {
    fd = fresh;
    return fresh >= 0;
  }
  const bool replaced = fresh >= 0 && dup3(fresh, fd, O_CLOEXEC) >= 0;
  if (fresh >= 0) close(fresh);
  return replaced;
}

std::string PathOf(int fd) { return fd < 0 ? "" : absl::StrCat("/proc/self/fd/", fd); }

}  // namespace

absl::Status GrpcTls::Check(const GrpcTlsOptions& options) {
  std::vector<absl::Status> statuses;
  const auto require = [&statuses](bool holds, absl::string_view mistake) {
    if (!holds) statuses.push_back(absl::InvalidArgumentError(mistake));
  };
  const TlsFiles& files = options.files;
  const bool complete = !files.cert_file.empty() && !files.key_file.empty();
  require(complete || !options.enabled(),
          "gRPC over TLS needs both a certificate file and a key file");
  require(options.enabled() || options.client_ca_file.empty(),
          "grpc_tls_client_ca_file is for gRPC over TLS, which needs grpc_tls_cert_file");
  require(!options.client_ca_file.empty() || !options.require_client_cert,
          "grpc_tls_require_client_cert needs grpc_tls_client_ca_file");
  if (complete) statuses.push_back(TlsServer::Check({.files = files}));
  if (!options.client_ca_file.empty()) {
    const absl::Status read = ReadCertificates(options.client_ca_file).status();
    require(read.ok(), absl::StrCat("grpc_tls_client_ca_file: ", read.message()));
  }
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<GrpcTls>> GrpcTls::Create(const GrpcTlsOptions& options,
                                                         Reactor& reactor) {
  std::unique_ptr<GrpcTls> tls(new GrpcTls(options, reactor));
  if (absl::Status loaded = tls->Load(); !loaded.ok()) return loaded;
  tls->watch_.Begin();
  return tls;
}

GrpcTls::GrpcTls(const GrpcTlsOptions& options, Reactor& reactor)
    : options_(options),
      watch_(reactor, {options.files.cert_file, options.files.key_file, options.client_ca_file},
             options.reload_interval, [this] { Reload(); }) {}

GrpcTls::~GrpcTls() {
  for (const int fd : {pair_fd_, client_ca_fd_}) {
    if (fd >= 0) close(fd);
  }
}

// gRPC would look at the files itself, but takes the certificate and the key one by one, drops the
// pair that it has before it looks at the new one, and says little of what is wrong. So it gets
// what has been checked: the pair as one file in memory, which is changed as a whole, by its
// descriptor. The authorities are another: a certificate of our own makes none.
std::shared_ptr<grpc::ServerCredentials> GrpcTls::MakeCredentials() const {
  const std::string pair = PathOf(pair_fd_);
  const auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      pair, pair, PathOf(client_ca_fd_), kRefreshSeconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  if (client_ca_fd_ < 0) {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    options.watch_root_certs();
    options.set_cert_request_type(options_.require_client_cert
                                      ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                      : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

absl::Status GrpcTls::Load() {
  if (absl::Status mistakes = Check(options_); !mistakes.ok()) return mistakes;
  const absl::StatusOr<std::string> cert = ReadFile(options_.files.cert_file);
  if (!cert.ok()) return cert.status();
  const absl::StatusOr<std::string> authorities =
      options_.client_ca_file.empty() ? "" : ReadFile(options_.client_ca_file);
  if (!authorities.ok()) return authorities.status();
  absl::StatusOr<std::string> key = ReadFile(options_.files.key_file);
  if (!key.ok()) return key.status();
  const bool replaced = Replace(MakeMemoryFile({*key, "\n", *cert}), pair_fd_);
  OPENSSL_cleanse(key->data(), key->size());
  if (!replaced) return NoMemory();
  if (const auto chain = ReadCertificates(options_.files.cert_file); chain.ok()) {
    certificate_expires_ = ExpiryOf(*chain->front());
  }
  if (options_.client_ca_file.empty()) return absl::OkStatus();
  return Replace(MakeMemoryFile({*authorities}), client_ca_fd_) ? absl::OkStatus() : NoMemory();
}

void GrpcTls::Reload() {
  if (const absl::Status status = Load(); status.ok()) {
    LogInfo(absl::StrCat("gRPC: new certificate from '", options_.files.cert_file, "'",
                         client_ca_fd_ < 0 ? "" : ", and new authorities of clients"));
  } else {
    LogError(absl::StrCat("gRPC: the certificate before stays: ",
                          absl::StrReplaceAll(status.message(), {{"\n", "; "}})));
  }
}

}  // namespace openvidu::token
