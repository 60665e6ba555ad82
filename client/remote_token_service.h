#ifndef CLIENT_REMOTE_TOKEN_SERVICE_H_
#define CLIENT_REMOTE_TOKEN_SERVICE_H_

#include <grpcpp/channel.h>

#include <memory>

#include "openvidu/token/v1/token_service.grpc.pb.h"
#include "proto/async_token_service.h"

namespace openvidu::token {

/// The reason (common/status_details.h) of a call that the token server did not answer; its request
/// may have been carried out. The message is gRPC's and may name addresses.
inline constexpr char kTokenServerUnavailable[] = "TOKEN_SERVER_UNAVAILABLE";

/// The service behind a gRPC channel. Thread-safe.
class RemoteTokenService final : public AsyncTokenService {
 public:
  explicit RemoteTokenService(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::TokenService::NewStub(channel)) {}

  void InitializeSession(const CallContext& context, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse& response, Done done) override;
  void CreateConnection(const CallContext& context, const v1::CreateConnectionRequest& request,
                        v1::CreateConnectionResponse& response, Done done) override;
  void JoinSession(const CallContext& context, const v1::JoinSessionRequest& request,
                   v1::JoinSessionResponse& response, Done done) override;

 private:
  const std::unique_ptr<v1::TokenService::Stub> stub_;
};

}  // namespace openvidu::token

#endif  // CLIENT_REMOTE_TOKEN_SERVICE_H_
