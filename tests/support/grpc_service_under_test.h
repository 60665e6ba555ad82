#ifndef TESTS_SUPPORT_GRPC_SERVICE_UNDER_TEST_H_
#define TESTS_SUPPORT_GRPC_SERVICE_UNDER_TEST_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "client/token_client.h"
#include "net/reactor.h"
#include "server/service/grpc_token_service.h"
#include "server/service/token_service_impl.h"

namespace openvidu::token {

/// The service over `openvidu`, which outlives it, behind the real gRPC stack, without a port.
class GrpcServiceUnderTest {
 public:
  explicit GrpcServiceUnderTest(OpenViduClient& openvidu)
      : service_(*reactor_, openvidu, absl::Seconds(20)), grpc_service_(service_) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&grpc_service_);
    server_ = builder.BuildAndStart();
  }

  /// Calls it over gRPC.
  std::unique_ptr<TokenClient> MakeGrpcClient() {
    return std::make_unique<TokenClient>(server_->InProcessChannel({}), absl::Seconds(60));
  }

  /// Calls it past gRPC.
  std::unique_ptr<TokenClient> MakeLocalClient() {
    return std::make_unique<TokenClient>(service_, TokenClient::HealthCheck(), absl::Seconds(60));
  }

 private:
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  TokenServiceImpl service_;
  GrpcTokenService grpc_service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace openvidu::token

#endif  // TESTS_SUPPORT_GRPC_SERVICE_UNDER_TEST_H_
