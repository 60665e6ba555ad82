#include "client/remote_token_service.h"

#include <grpcpp/client_context.h>

#include <functional>
#include <utility>

#include "common/grpc_status.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

/// A call's end. What gives no reason is gRPC's own word and not the server's.
absl::Status FromServer(const grpc::Status& ended) {
  absl::Status status = FromGrpcStatus(ended);
  const bool without_an_answer =
      absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsCancelled(status);
  if (!without_an_answer || !ReasonOf(status).empty()) return status;
  return WithReason(std::move(status), kTokenServerUnavailable);
}

/// A call under way, kept until it has ended.
struct Call {
  grpc::ClientContext context;
  AsyncTokenService::Done done;
};

/// Makes a call by `start`, which takes gRPC's context and callback.
template <typename Start>
void Begin(const CallContext& context, AsyncTokenService::Done done, Start start) {
  const auto call = std::make_shared<Call>();
  call->context.set_deadline(absl::ToChronoTime(context.deadline));
  call->done = std::move(done);
  if (context.cancellation != nullptr) {
    context.cancellation->SetListener([cancelled = std::weak_ptr<Call>(call)] {
      if (const auto live = cancelled.lock(); live != nullptr) live->context.TryCancel();
    });
  }
  start(&call->context, [call](const grpc::Status& status) { call->done(FromServer(status)); });
}

}  // namespace

void RemoteTokenService::InitializeSession(const CallContext& context,
                                           const v1::InitializeSessionRequest& request,
                                           v1::InitializeSessionResponse& response, Done done) {
  Begin(context, std::move(done), [&](grpc::ClientContext* call, auto ended) {
    stub_->async()->InitializeSession(call, &request, &response, std::move(ended));
  });
}

void RemoteTokenService::CreateConnection(const CallContext& context,
                                          const v1::CreateConnectionRequest& request,
                                          v1::CreateConnectionResponse& response, Done done) {
  Begin(context, std::move(done), [&](grpc::ClientContext* call, auto ended) {
    stub_->async()->CreateConnection(call, &request, &response, std::move(ended));
  });
}

void RemoteTokenService::JoinSession(const CallContext& context,
                                     const v1::JoinSessionRequest& request,
                                     v1::JoinSessionResponse& response, Done done) {
  Begin(context, std::move(done), [&](grpc::ClientContext* call, auto ended) {
    stub_->async()->JoinSession(call, &request, &response, std::move(ended));
  });
}

}  // namespace openvidu::token
