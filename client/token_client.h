#ifndef CLIENT_TOKEN_CLIENT_H_
#define CLIENT_TOKEN_CLIENT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "openvidu/token/v1/token_service.grpc.pb.h"

namespace openvidu::token {

/// The reason (common/status_details.h) of a call that the token server did not answer; its request
/// may have been carried out. The message is gRPC's and may name addresses.
inline constexpr char kTokenServerUnavailable[] = "TOKEN_SERVER_UNAVAILABLE";

/// Where the token server is and how to reach it.
struct TokenClientOptions {
  std::string server_address =
      "localhost:50051";  ///< host:port, or any gRPC target such as dns:///…
  bool tls = false;
  std::string
      ca_file;  ///< PEM bundle to verify the server by; with `tls`. Empty: gRPC's own roots.
  absl::Duration timeout =
      absl::Seconds(25);  ///< Of each call, unless it brings a deadline of its own.
};

/// Of one call.
struct CallOptions {
  absl::Time deadline =
      absl::InfiniteFuture();  ///< The client's timeout counts where it is sooner.
  /// Makes a repeated CreateConnection or JoinSession safe for a minute
  /// (CreateConnectionRequest.request_id). Empty: none.
  std::string request_id;
};

/// Calls TokenService: one method an RPC, StatusOr instead of contexts and out-parameters. The
/// errors are those that proto/openvidu/token/v1/token_service.proto documents for each RPC;
/// common/status_details.h reads the property and the reason that they name. Thread-safe; one
/// client serves a whole program.
class TokenClient {
 public:
  template <typename T>
  using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;
  using HealthDone = absl::AnyInvocable<void(const absl::Status&)>;
  /// Asks whether the server takes calls; calls `HealthDone` once, within the duration.
  using HealthCheck = absl::AnyInvocable<void(absl::Duration, HealthDone) const>;

  /// Makes a client. Does not connect yet: a server that is not there is an error of the first
  /// call. Errors: kInvalidArgument naming every mistake, one a line.
  static absl::StatusOr<std::unique_ptr<TokenClient>> Create(const TokenClientOptions& options);

  /// Over a channel of the caller's.
  TokenClient(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout);

  /// Over any stub, such as one of a server within the process.
  TokenClient(std::unique_ptr<v1::TokenService::StubInterface> stub, HealthCheck health,
              absl::Duration timeout)
      : stub_(std::move(stub)), health_(std::move(health)), timeout_(timeout) {}

  /// Creates a session, or finds the one that has its custom id.
  absl::StatusOr<v1::InitializeSessionResponse> InitializeSession(v1::SessionProperties properties,
                                                                  CallOptions options = {});

  /// Creates a connection to a session, with the token to join it by.
  absl::StatusOr<v1::Connection> CreateConnection(absl::string_view session_id,
                                                  v1::ConnectionProperties properties,
                                                  CallOptions options = {});

  /// Creates a connection to the session of this id, and the session where it is not there.
  absl::StatusOr<v1::JoinSessionResponse> JoinSession(absl::string_view custom_session_id,
                                                      v1::SessionProperties session,
                                                      v1::ConnectionProperties connection,
                                                      CallOptions options = {});

  /// Whether the server takes calls. Errors: kUnavailable (it is not there, or says no).
  absl::Status CheckHealth(absl::Duration timeout);

  /// The same without waiting: `done` is called once, on any thread, maybe before these return.
  void InitializeSession(v1::SessionProperties properties, CallOptions options,
                         Done<v1::InitializeSessionResponse> done);
  void CreateConnection(absl::string_view session_id, v1::ConnectionProperties properties,
                        CallOptions options, Done<v1::Connection> done);
  void JoinSession(absl::string_view custom_session_id, v1::SessionProperties session,
                   v1::ConnectionProperties connection, CallOptions options,
                   Done<v1::JoinSessionResponse> done);
  void CheckHealth(absl::Duration timeout, HealthDone done) { health_(timeout, std::move(done)); }

 private:
  const std::unique_ptr<v1::TokenService::StubInterface> stub_;
  const HealthCheck health_;
  const absl::Duration timeout_;
};

}  // namespace openvidu::token

#endif  // CLIENT_TOKEN_CLIENT_H_
