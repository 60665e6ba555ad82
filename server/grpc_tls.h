#ifndef SERVER_GRPC_TLS_H_
#define SERVER_GRPC_TLS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "net/file_watch.h"
#include "net/reactor.h"
#include "net/tls_key_pair.h"

namespace openvidu::token {

/// Gives a gRPC server its certificate, and new connections the newest one from the files. A pair
/// that cannot be used is logged, and the one before it stays.
class GrpcTls {
 public:
  /// Errors: kInvalidArgument naming every mistake, one a line.
  static absl::Status Check(const TlsFiles& files);

  /// Looks after the files on `reactor`, which outlives it. Errors: those of Check;
  /// kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<GrpcTls>> Create(const TlsFiles& files,
                                                         absl::Duration reload_interval,
                                                         Reactor& reactor);
  /// Not on the reactor's thread. The server that uses the credentials is to be stopped before.
  ~GrpcTls();

  GrpcTls(const GrpcTls&) = delete;
  GrpcTls& operator=(const GrpcTls&) = delete;

  /// For one server.
  std::shared_ptr<grpc::ServerCredentials> MakeCredentials() const;

 private:
  GrpcTls(const TlsFiles& files, absl::Duration reload_interval, Reactor& reactor);

  absl::Status Load();
  void Reload();

  const TlsFiles files_;
  int fd_ = -1;  // of the memory that gRPC reads the pair from
  FileWatch watch_;
};

}  // namespace openvidu::token

#endif  // SERVER_GRPC_TLS_H_
