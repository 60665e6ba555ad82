#ifndef CLIENT_REMOTE_TOKEN_SERVICE_H_
#define CLIENT_REMOTE_TOKEN_SERVICE_H_

#include <grpcpp/channel.h>

#include <condition_variable>
#include <memory>
#include <mutex>

#include "absl/time/time.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "openvidu/token/v1/token_service.grpc.pb.h"
#include "proto/async_token_service.h"

namespace openvidu::token {

/// The service behind a gRPC channel. What is known of a call's Caller goes along as metadata
/// (common/forwarded_caller.h). Thread-safe.
class RemoteTokenService final : public AsyncTokenService {
 public:
  explicit RemoteTokenService(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::TokenService::NewStub(channel)),
        health_stub_(grpc::health::v1::Health::NewStub(channel)) {}
  /// Waits for the calls under way. Not within a call's `done`.
  ~RemoteTokenService() override;

  void InitializeSession(const CallContext& context, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse& response, Done done) override;
  void CreateConnection(const CallContext& context, const v1::CreateConnectionRequest& request,
                        v1::CreateConnectionResponse& response, Done done) override;
  void JoinSession(const CallContext& context, const v1::JoinSessionRequest& request,
                   v1::JoinSessionResponse& response, Done done) override;

  /// Asks the server's health service whether it takes calls. Errors: kUnavailable.
  void CheckHealth(absl::Duration timeout, Done done);

 private:
  struct Call;

  template <typename Start>
  void Begin(const CallContext& context, Done done, Start start);
  void End(std::shared_ptr<Call> call, const absl::Status& status);

  const std::unique_ptr<v1::TokenService::Stub> stub_;
  const std::unique_ptr<grpc::health::v1::Health::Stub> health_stub_;

  std::mutex mutex_;
  std::condition_variable ended_;
  int under_way_ = 0;  // guarded by mutex_
};

}  // namespace openvidu::token

#endif  // CLIENT_REMOTE_TOKEN_SERVICE_H_
