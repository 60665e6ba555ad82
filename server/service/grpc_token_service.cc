#include "server/service/grpc_token_service.h"

#include <memory>
#include <utility>

#include "common/grpc_status.h"

namespace openvidu::token {
namespace {

/// One call under way.
class Call final : public grpc::ServerUnaryReactor {
 public:
  Call(const grpc::CallbackServerContext& server_context, std::shared_ptr<const Caller> caller)
      : context_{.deadline = absl::FromChrono(server_context.deadline()),
                 .cancellation = std::make_shared<Cancellation>(),
                 .caller = std::move(caller)} {}

  const CallContext& context() const { return context_; }

  AsyncTokenService::Done Done() {
    return [this](const absl::Status& status) { Finish(ToGrpcStatus(status)); };
  }

 private:
  void OnCancel() override { context_.cancellation->Cancel(); }
  void OnDone() override { delete this; }

  const CallContext context_;
};

}  // namespace

grpc::ServerUnaryReactor* GrpcTokenService::InitializeSession(
    grpc::CallbackServerContext* context, const v1::InitializeSessionRequest* request,
    v1::InitializeSessionResponse* response) {
  auto* const call =
      new Call(*context, callers_.CallerOf(*context));  // deletes itself when gRPC is done with it
  service_.InitializeSession(call->context(), *request, *response, call->Done());
  return call;
}

grpc::ServerUnaryReactor* GrpcTokenService::CreateConnection(
    grpc::CallbackServerContext* context, const v1::CreateConnectionRequest* request,
    v1::CreateConnectionResponse* response) {
  auto* const call = new Call(*context, callers_.CallerOf(*context));
  service_.CreateConnection(call->context(), *request, *response, call->Done());
  return call;
}

grpc::ServerUnaryReactor* GrpcTokenService::JoinSession(grpc::CallbackServerContext* context,
                                                        const v1::JoinSessionRequest* request,
                                                        v1::JoinSessionResponse* response) {
  auto* const call = new Call(*context, callers_.CallerOf(*context));
  service_.JoinSession(call->context(), *request, *response, call->Done());
  return call;
}

}  // namespace openvidu::token
