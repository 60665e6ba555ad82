#ifndef SERVER_TOKEN_SERVER_H_
#define SERVER_TOKEN_SERVER_H_

#include <grpcpp/server.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "net/reactor.h"
#include "server/openvidu/openvidu_client.h"
#include "server/openvidu/openvidu_options.h"
#include "server/resilience/resilient_openvidu_client.h"
#include "server/service/grpc_token_service.h"
#include "server/service/token_service_impl.h"

namespace openvidu::token {

/// Everything that the gRPC server is configured by.
struct TokenServerOptions {
  std::string listen_address = "0.0.0.0:50051";  ///< host:port; port 0 for any free one.
  OpenViduOptions openvidu;
  absl::Duration request_timeout = absl::Seconds(20);
  std::string tls_cert_file;  ///< PEM chain to serve TLS by; with tls_key_file. Empty: plain text.
  std::string tls_key_file;
};

/// TokenService on a gRPC port, with the standard health service and reflection. Thread-safe.
class TokenServer {
 public:
  /// Errors: kInvalidArgument naming every mistake in `options`, one a line.
  static absl::Status Check(const TokenServerOptions& options);

  /// Checks `options`, binds and serves. Nothing is left running on an error.
  /// Errors: those of Check; kUnavailable (cannot bind).
  /// `reactor`, on whose thread OpenVidu is spoken to, outlives the server.
  static absl::StatusOr<std::unique_ptr<TokenServer>> Start(const TokenServerOptions& options,
                                                            Reactor& reactor);

  /// Stops at once what is left of the calls.
  ~TokenServer();

  int port() const { return port_; }

  /// A stub that calls this server from within the process, without gRPC in between. The server
  /// outlives it and the calls made by it.
  std::unique_ptr<v1::TokenService::StubInterface> LocalStub();

  /// Whether it takes calls: until Stop().
  bool serving() const { return serving_; }

  /// Turns health to NOT_SERVING, refuses new calls and gives those under way up to `grace` to
  /// finish.
  void Stop(absl::Duration grace);

 private:
  TokenServer(Reactor& reactor, std::unique_ptr<OpenViduClient> openvidu,
              absl::Duration request_timeout);

  const std::unique_ptr<OpenViduClient> openvidu_;
  ResilientOpenViduClient resilient_;
  TokenServiceImpl service_;
  GrpcTokenService grpc_service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::atomic<bool> serving_{true};
};

}  // namespace openvidu::token

#endif  // SERVER_TOKEN_SERVER_H_
