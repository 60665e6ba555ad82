#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/token_channel.h"
#include "common/flags.h"
#include "deploy/k8s/calls/load.h"
#include "openvidu/token/v1/token_service.grpc.pb.h"

namespace openvidu::token {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(25);

}  // namespace

std::function<Call()> GrpcCalls(const std::string& target, const std::string& session) {
  const auto channel = MakeTokenChannel({.server_address = target});
  if (!channel.ok()) std::exit(ReportMistakes(channel.status()));
  std::shared_ptr<v1::TokenService::Stub> stub = v1::TokenService::NewStub(*channel);
  return [stub, session] {
    return [stub, session]() -> Outcome {
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(absl::Now() + kTimeout));
      v1::JoinSessionRequest request;
      request.set_custom_session_id(session);
      v1::JoinSessionResponse response;
      const grpc::Status status = stub->JoinSession(&context, request, &response);
      if (!status.ok()) {
        return {.error = absl::StrCat("gRPC ", status.error_code(), ": ", status.error_message()),
                .server = context.peer()};
      }
      if (response.connection().token().empty()) return {.error = "no token"};
      return {.server = context.peer()};
    };
  };
}

}  // namespace openvidu::token
