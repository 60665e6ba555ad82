#ifndef SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_
#define SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_

#include <grpcpp/server_context.h>

#include "absl/time/time.h"
#include "openvidu/token/v1/token_service.grpc.pb.h"
#include "server/openvidu/openvidu_client.h"

namespace openvidu::token {

/// TokenService over an OpenViduClient. Keeps nothing between calls: any replica serves any
/// session. Thread-safe.
class TokenServiceImpl final : public v1::TokenService::Service {
 public:
  /// Borrows `openvidu`. A call's own deadline counts where it is sooner than `timeout`.
  TokenServiceImpl(OpenViduClient& openvidu, absl::Duration timeout)
      : openvidu_(openvidu), timeout_(timeout) {}

  grpc::Status InitializeSession(grpc::ServerContext* context,
                                 const v1::InitializeSessionRequest* request,
                                 v1::InitializeSessionResponse* response) override;
  grpc::Status CreateConnection(grpc::ServerContext* context,
                                const v1::CreateConnectionRequest* request,
                                v1::CreateConnectionResponse* response) override;

 private:
  CallContext ContextOf(const grpc::ServerContext& context) const;

  OpenViduClient& openvidu_;
  const absl::Duration timeout_;
};

}  // namespace openvidu::token

#endif  // SERVER_SERVICE_TOKEN_SERVICE_IMPL_H_
