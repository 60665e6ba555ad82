#ifndef CLIENT_TOKEN_CLIENT_H_
#define CLIENT_TOKEN_CLIENT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/token_channel.h"
#include "common/caller.h"
#include "common/cancellation.h"
#include "common/trace_context.h"
#include "openvidu/token/v1/token_service.pb.h"

/// What calls the token service, in C++: TokenClient and what goes with it.
namespace openvidu::token {

class AsyncTokenService;   // proto/async_token_service.h
class RemoteTokenService;  // client/remote_token_service.h
struct CallContext;        // common/call_context.h

/// Of one call.
struct CallOptions {
  absl::Time deadline =
      absl::InfiniteFuture();  ///< The client's timeout counts where it is sooner.
  /// Makes a repeated CreateConnection or JoinSession safe for a minute
  /// (CreateConnectionRequest.request_id). Empty: none.
  std::string request_id;
  /// Ends the call when it is cancelled, with kCancelled; what it asked for may have happened.
  /// Null: never.
  std::shared_ptr<Cancellation> cancellation;
  /// Whom the call is made for, and by what right. Its address and certificate names count only
  /// where the server trusts this client as a gateway. Null: the channel's own credentials only.
  std::shared_ptr<const Caller> caller;
  /// The span that it is made within, which the server is told of. None: the server may begin one.
  TraceContext trace;
};

/// Calls TokenService: one method an RPC, StatusOr instead of contexts and out-parameters. The
/// errors are those that proto/openvidu/token/v1/token_service.proto documents for each RPC;
/// common/status_details.h reads the property and the reason that they name. Thread-safe; one
/// client serves a whole program.
class TokenClient {
 public:
  /// What a call that does not wait ends with.
  template <typename T>
  using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;
  /// What a question after the server's health ends with.
  using HealthDone = absl::AnyInvocable<void(const absl::Status&)>;
  /// Asks whether the server takes calls; calls `HealthDone` once, within the duration.
  using HealthCheck = absl::AnyInvocable<void(absl::Duration, HealthDone) const>;

  /// Makes a client. Does not connect yet: a server that is not there is an error of the first
  /// call. Errors: kInvalidArgument naming every mistake, one a line.
  static absl::StatusOr<std::unique_ptr<TokenClient>> Create(const TokenClientOptions& options);

  /// Over a channel of the caller's.
  TokenClient(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout);

  /// Over a service within the process, which it borrows: for the programs of this project.
  TokenClient(AsyncTokenService& service, HealthCheck health, absl::Duration timeout);

  /// Waits for the calls over gRPC. Not within one of them.
  ~TokenClient();

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

  /// @{
  /// The same without waiting: `done` is called once, on any thread, maybe before these return.
  void InitializeSession(v1::SessionProperties properties, CallOptions options,
                         Done<v1::InitializeSessionResponse> done);
  void CreateConnection(absl::string_view session_id, v1::ConnectionProperties properties,
                        CallOptions options, Done<v1::Connection> done);
  void JoinSession(absl::string_view custom_session_id, v1::SessionProperties session,
                   v1::ConnectionProperties connection, CallOptions options,
                   Done<v1::JoinSessionResponse> done);
  void CheckHealth(absl::Duration timeout, HealthDone done) { health_(timeout, std::move(done)); }
  /// @}

 private:
  TokenClient(std::unique_ptr<RemoteTokenService> remote, absl::Duration timeout);

  CallContext ContextOf(const CallOptions& options) const;

  const std::unique_ptr<RemoteTokenService> remote_;  // null where the service is borrowed
  AsyncTokenService& service_;
  const HealthCheck health_;
  const absl::Duration timeout_;
};

}  // namespace openvidu::token

#endif  // CLIENT_TOKEN_CLIENT_H_
