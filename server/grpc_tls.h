#ifndef SERVER_GRPC_TLS_H_
#define SERVER_GRPC_TLS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "net/file_watch.h"
#include "net/reactor.h"
#include "net/tls_key_pair.h"

namespace openvidu::token {

/// What a gRPC server proves itself by, and its clients to it.
struct GrpcTlsOptions {
  TlsFiles files;  ///< Both empty: plain text.
  /// PEM certificates of who vouches for clients: one that shows a certificate must be vouched for,
  /// else its handshake fails. Empty: nobody is asked for one.
  std::string client_ca_file;
  bool require_client_cert = false;  ///< Who shows none is refused too.
  absl::Duration reload_interval = kFileWatchInterval;

  bool enabled() const { return !files.cert_file.empty() || !files.key_file.empty(); }
};

/// Gives a gRPC server its certificate and the authorities of its clients, and new connections the
/// newest ones from the files. Files that cannot be used are logged, and what was before them
/// stays.
class GrpcTls {
 public:
  /// Errors: kInvalidArgument naming every mistake, one a line.
  static absl::Status Check(const GrpcTlsOptions& options);

  /// Looks after the files on `reactor`, which outlives it. Errors: those of Check;
  /// kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<GrpcTls>> Create(const GrpcTlsOptions& options,
                                                         Reactor& reactor);
  /// Not on the reactor's thread. The server that uses the credentials is to be stopped before.
  ~GrpcTls();

  GrpcTls(const GrpcTls&) = delete;
  GrpcTls& operator=(const GrpcTls&) = delete;

  /// For one server.
  std::shared_ptr<grpc::ServerCredentials> MakeCredentials() const;

  /// When the certificate expires that new connections are shown. On the reactor's thread.
  absl::Time certificate_expires() const { return certificate_expires_; }

 private:
  GrpcTls(const GrpcTlsOptions& options, Reactor& reactor);

  absl::Status Load();
  void Reload();

  const GrpcTlsOptions options_;
  // Of the memory that gRPC reads from.
  int pair_fd_ = -1;
  int client_ca_fd_ = -1;  // -1 too where there are none
  absl::Time certificate_expires_;
  FileWatch watch_;
};

}  // namespace openvidu::token

#endif  // SERVER_GRPC_TLS_H_
