#ifndef SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_
#define SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "openvidu/token/v1/token_service.pb.h"
#include "server/openvidu/openvidu_client.h"

namespace openvidu::token {

/// What TokenService does, whichever way a call comes in: over gRPC (grpc_token_service.h) or from
/// within the process (local_token_stub.h). Keeps nothing between calls: any replica serves any
/// session. Thread-safe.
class TokenServiceImpl {
 public:
  /// Called once, by the deadline.
  using Done = absl::AnyInvocable<void(const absl::Status&)>;

  /// Borrows `openvidu`. A call's own deadline counts where it is sooner than `timeout`.
  TokenServiceImpl(OpenViduClient& openvidu, absl::Duration timeout)
      : openvidu_(openvidu), timeout_(timeout) {}

  /// Each fills `response` and calls `done`, now or later. Request and response are borrowed until
  /// then.
  void InitializeSession(const CallContext& caller, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse& response, Done done);
  void CreateConnection(const CallContext& caller, const v1::CreateConnectionRequest& request,
                        v1::CreateConnectionResponse& response, Done done);

 private:
  CallContext Limit(const CallContext& caller) const;

  OpenViduClient& openvidu_;
  const absl::Duration timeout_;
};

}  // namespace openvidu::token

#endif  // SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_
