#ifndef SERVER_SERVICE_GRPC_TOKEN_SERVICE_H_
#define SERVER_SERVICE_GRPC_TOKEN_SERVICE_H_

#include <string>
#include <utility>
#include <vector>

#include "openvidu/token/v1/token_service.grpc.pb.h"
#include "proto/async_token_service.h"
#include "server/service/grpc_caller.h"
#include "telemetry/call_telemetry.h"

namespace openvidu::token {

/// TokenService as gRPC calls it. A call holds no thread while it waits for OpenVidu, and gives up
/// its place there when its caller does. Thread-safe.
class GrpcTokenService final : public v1::TokenService::CallbackService {
 public:
  /// Borrows `service`, and what `telemetry` has. `trusted_gateways`: see GrpcCallers.
  explicit GrpcTokenService(AsyncTokenService& service,
                            std::vector<std::string> trusted_gateways = {},
                            const CallTelemetry& telemetry = {})
      : service_(service), callers_(std::move(trusted_gateways)), telemetry_(telemetry) {}

  grpc::ServerUnaryReactor* InitializeSession(grpc::CallbackServerContext* context,
                                              const v1::InitializeSessionRequest* request,
                                              v1::InitializeSessionResponse* response) override;
  grpc::ServerUnaryReactor* CreateConnection(grpc::CallbackServerContext* context,
                                             const v1::CreateConnectionRequest* request,
                                             v1::CreateConnectionResponse* response) override;
  grpc::ServerUnaryReactor* JoinSession(grpc::CallbackServerContext* context,
                                        const v1::JoinSessionRequest* request,
                                        v1::JoinSessionResponse* response) override;

 private:
  AsyncTokenService& service_;
  const GrpcCallers callers_;
  const CallTelemetry telemetry_;
};

}  // namespace openvidu::token

#endif  // SERVER_SERVICE_GRPC_TOKEN_SERVICE_H_
