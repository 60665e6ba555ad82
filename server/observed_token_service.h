#ifndef SERVER_OBSERVED_TOKEN_SERVICE_H_
#define SERVER_OBSERVED_TOKEN_SERVICE_H_

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/async_token_service.h"

namespace openvidu::token {

/// The RPCs of TokenService.
enum class RpcMethod { kInitializeSession, kCreateConnection, kJoinSession };
inline constexpr RpcMethod kRpcMethods[] = {RpcMethod::kInitializeSession,
                                            RpcMethod::kCreateConnection, RpcMethod::kJoinSession};

/// The RPC's name in the contract.
absl::string_view NameOf(RpcMethod method);

/// Is told of every call of TokenService, whichever door it came by. Called from many threads at
/// once, in the caller's way, so it must not wait.
class RpcObserver {
 public:
  virtual ~RpcObserver() = default;

  /// Before the call, which then has the context that this leaves.
  virtual void OnStart(RpcMethod /*method*/, CallContext& /*context*/) {}

  /// Once for each of these, before the caller hears of the end. `context` is what OnStart() left.
  virtual void OnEnd(RpcMethod method, const CallContext& context, const absl::Status& status,
                     std::chrono::steady_clock::duration took) = 0;
};

/// A TokenService before another, which tells observers, in their order. Thread-safe.
class ObservedTokenService final : public AsyncTokenService {
 public:
  /// Borrows all.
  ObservedTokenService(AsyncTokenService& service, std::vector<RpcObserver*> observers)
      : service_(service), observers_(std::move(observers)) {}

  void InitializeSession(const CallContext& context, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse& response, Done done) override;
  void CreateConnection(const CallContext& context, const v1::CreateConnectionRequest& request,
                        v1::CreateConnectionResponse& response, Done done) override;
  void JoinSession(const CallContext& context, const v1::JoinSessionRequest& request,
                   v1::JoinSessionResponse& response, Done done) override;

 private:
  /// Calls `send` with the context to call by and the end of the call.
  template <typename Send>
  void Observe(RpcMethod method, const CallContext& context, Done done, const Send& send);

  AsyncTokenService& service_;
  const std::vector<RpcObserver*> observers_;
};

}  // namespace openvidu::token

#endif  // SERVER_OBSERVED_TOKEN_SERVICE_H_
