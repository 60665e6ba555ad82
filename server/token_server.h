#ifndef SERVER_TOKEN_SERVER_H_
#define SERVER_TOKEN_SERVER_H_

#include <grpcpp/server.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "net/reactor.h"
#include "server/access/authorizing_token_service.h"
#include "server/grpc_tls.h"
#include "server/observed_token_service.h"
#include "server/openvidu/openvidu_client.h"
#include "server/openvidu/openvidu_options.h"
#include "server/resilience/resilient_openvidu_client.h"
#include "server/service/grpc_token_service.h"
#include "server/service/token_service_impl.h"
#include "server/upstream_tracing.h"
#include "telemetry/call_telemetry.h"

namespace openvidu::token {

/// Everything that the gRPC server is configured by.
struct TokenServerOptions {
  std::string listen_address = "0.0.0.0:50051";  ///< host:port; port 0 for any free one.
  OpenViduOptions openvidu;
  absl::Duration request_timeout = absl::Seconds(20);
  GrpcTlsOptions tls;
  /// The names in the client certificates of gateways (CertificateNames): their word is taken about
  /// who calls (GrpcCallers).
  std::vector<std::string> trusted_gateways;
  /// A connection that is as old, more or less a tenth, gets no new calls, so that its client comes
  /// again and finds other replicas; calls under way finish. Zero: it may grow old.
  absl::Duration max_connection_age = absl::Minutes(30);
  AccessOptions access;  ///< Who may ask for what.
};

/// Who is told of what a server does. All outlive it.
struct ServerObservers {
  std::vector<RpcObserver*> rpcs;
  std::vector<UpstreamObserver*> attempts;
  CallTelemetry grpc;  ///< Of what comes by gRPC; its tracer is also told of the attempts.
};

/// What a server holds at a moment, and what was counted since its start.
struct TokenServerState {
  std::vector<UpstreamState> upstreams;  ///< In the order of OpenViduOptions::deployment_names().
  uint64_t retries = 0;                  ///< Attempts at OpenVidu that were not a call's first.
  double retry_budget = 1;               ///< What is left of it, of 1.
  uint64_t shared_creations = 0;         ///< Sessions that another call created.
  uint64_t shared_requests = 0;          ///< Calls that had another one's result, by request id.
  std::optional<uint64_t> audit_lines_dropped;    ///< Nothing where the audit log is off.
  std::optional<absl::Time> certificate_expires;  ///< Nothing where gRPC is plain.
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
                                                            Reactor& reactor,
                                                            const ServerObservers& observers = {});

  /// Stops at once what is left of the calls.
  ~TokenServer();

  int port() const { return port_; }

  /// For calls from within the process, without gRPC in between. Goes with the server.
  AsyncTokenService& service() { return *door_; }

  /// What it holds now. On the reactor's thread.
  TokenServerState state() const;

  /// Whether it wants calls: until BeginDrain().
  bool serving() const { return serving_; }

  /// Turns health to NOT_SERVING, so that callers go elsewhere, and serves on. From one thread,
  /// that of Stop().
  void BeginDrain();

  /// Begins the drain, tells clients to go (GOAWAY), refuses new calls and gives those under way up
  /// to `grace` to finish. What is left then ends with kUnavailable and has up to a second more to
  /// be told so. Only the first call counts. Not on the reactor's thread.
  void Stop(absl::Duration grace);

 private:
  TokenServer(Reactor& reactor, std::unique_ptr<UpstreamTracing> tracing,
              std::unique_ptr<OpenViduClient> openvidu, const TokenServerOptions& options);

  const std::unique_ptr<UpstreamTracing> tracing_;  ///< Null: no spans are made.
  const std::unique_ptr<OpenViduClient> openvidu_;
  ResilientOpenViduClient resilient_;
  TokenServiceImpl service_;
  std::unique_ptr<ObservedTokenService> observed_;  ///< Null: nobody observes. Outlives access_.
  std::unique_ptr<AuthorizingTokenService> access_;
  AsyncTokenService* door_ = nullptr;  ///< What calls come to first.
  std::unique_ptr<GrpcTokenService> grpc_service_;
  std::unique_ptr<GrpcTls> tls_;  ///< Null: plain text.
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::atomic<bool> serving_{true};
  absl::Time drain_began_;
  std::once_flag stopped_;
};

}  // namespace openvidu::token

#endif  // SERVER_TOKEN_SERVER_H_
