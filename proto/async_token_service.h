#ifndef PROTO_ASYNC_TOKEN_SERVICE_H_
#define PROTO_ASYNC_TOKEN_SERVICE_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "common/call_context.h"
#include "openvidu/token/v1/token_service.pb.h"

namespace openvidu::token {

/// The contract's RPCs as C++ calls that do not wait: what a client calls, whether the service is
/// in its own process or behind gRPC. Each call fills `response` and calls `done` once, by
/// `context.deadline`, on any thread, maybe before it returns; `request` and `response` are
/// borrowed until then. After `context.cancellation` it ends soon, with kCancelled unless it has
/// another end already. Errors: those of the contract, with their details
/// (common/status_details.h). Thread-safe.
class AsyncTokenService {
 public:
  using Done = absl::AnyInvocable<void(const absl::Status&)>;

  virtual ~AsyncTokenService() = default;

  virtual void InitializeSession(const CallContext& context,
                                 const v1::InitializeSessionRequest& request,
                                 v1::InitializeSessionResponse& response, Done done) = 0;
  virtual void CreateConnection(const CallContext& context,
                                const v1::CreateConnectionRequest& request,
                                v1::CreateConnectionResponse& response, Done done) = 0;
  virtual void JoinSession(const CallContext& context, const v1::JoinSessionRequest& request,
                           v1::JoinSessionResponse& response, Done done) = 0;
};

}  // namespace openvidu::token

#endif  // PROTO_ASYNC_TOKEN_SERVICE_H_
