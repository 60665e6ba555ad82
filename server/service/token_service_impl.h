#ifndef SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_
#define SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_

#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "net/reactor.h"
#include "openvidu/token/v1/token_service.pb.h"
#include "proto/async_token_service.h"
#include "server/openvidu/openvidu_client.h"
#include "server/resilience/shared_calls.h"
#include "server/service/known_sessions.h"

namespace openvidu::token {

/// What TokenService does, whichever way a call comes in: over gRPC (grpc_token_service.h) or from
/// within the process. What it keeps between calls saves requests and decides nothing: any replica
/// serves any session. Thread-safe.
class TokenServiceImpl final : public AsyncTokenService {
 public:
  /// `reactor` and `openvidu` outlive it. A call's own deadline counts where it is sooner than
  /// `timeout`.
  TokenServiceImpl(Reactor& reactor, OpenViduClient& openvidu, absl::Duration timeout);
  ~TokenServiceImpl() override;

  void InitializeSession(const CallContext& caller, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse& response, Done done) override;
  void CreateConnection(const CallContext& caller, const v1::CreateConnectionRequest& request,
                        v1::CreateConnectionResponse& response, Done done) override;
  void JoinSession(const CallContext& caller, const v1::JoinSessionRequest& request,
                   v1::JoinSessionResponse& response, Done done) override;

  /// Calls that had another one's result, by their request id. On the reactor's thread.
  uint64_t shared() const { return requests_->shared(); }

 private:
  /// Both kinds of calls that a request id can be of end with this.
  using Joined = absl::AnyInvocable<void(absl::StatusOr<v1::JoinSessionResponse>)>;
  struct Join;

  CallContext Limit(const CallContext& caller) const;
  /// Makes one of a subject's calls of the same, not empty `request_id`.
  void Once(const CallContext& caller, const std::string& request_id,
            const google::protobuf::Message& request,
            absl::AnyInvocable<void(const CallContext&, Joined)> start, Joined done);
  void Connect(const CallContext& context, const std::string& session_id,
               const v1::ConnectionProperties& properties, Joined done);
  void ConnectOrCreate(const std::shared_ptr<Join>& join);
  void CreateThenConnect(const std::shared_ptr<Join>& join);

  Reactor& reactor_;
  OpenViduClient& openvidu_;
  const absl::Duration timeout_;
  KnownSessions known_;
  std::unique_ptr<SharedCalls<v1::JoinSessionResponse>> requests_;  // of the reactor's thread
};

}  // namespace openvidu::token

#endif  // SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_
