#include "client/remote_token_service.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/token_channel.h"
#include "common/caller_fields.h"
#include "common/forwarded_caller.h"
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

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isprint);
}

/// Says for whom the call is made (server/service/grpc_caller.h). gRPC ends the program at metadata
/// that is none, and `caller` is the caller's own word.
void Forward(const Caller& caller, grpc::ClientContext& context) {
  if (!caller.bearer_token.empty()) {
    const bool printable = IsPrintable(caller.bearer_token);
    context.AddMetadata(kAuthorizationKey,
                        absl::StrCat("Bearer ", printable ? caller.bearer_token : kUnusableToken));
  }
  if (IsRequestId(caller.request_id)) context.AddMetadata(kRequestIdKey, caller.request_id);
  const std::string address = CanonicalAddress(caller.address);
  if (!address.empty()) context.AddMetadata(kForwardedForKey, address);
  for (const std::string& name : caller.certificate_names) {
    context.AddMetadata(kForwardedNamesKey, name);
  }
}

/// As OpenTelemetry has it over gRPC.
void Forward(const TraceContext& trace, grpc::ClientContext& context) {
  if (!trace.exists()) return;
  context.AddMetadata(kTraceParentHeader, TraceParentOf(trace));
  if (!trace.state.empty()) context.AddMetadata(kTraceStateHeader, trace.state);
}

}  // namespace

/// A call under way, kept until it has ended.
struct RemoteTokenService::Call {
  grpc::ClientContext context;
  Done done;
};

// A context holds its channel. The last one that goes takes gRPC's threads along, and must not do
// that on one of them, where calls end.
RemoteTokenService::~RemoteTokenService() {
  std::unique_lock<std::mutex> lock(mutex_);
  ended_.wait(lock, [this] { return under_way_ == 0; });
}

/// Makes a call by `start`, which takes gRPC's context and callback.
template <typename Start>
void RemoteTokenService::Begin(const CallContext& context, Done done, Start start) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++under_way_;
  }
  auto call = std::make_shared<Call>();
  grpc::ClientContext* const client_context = &call->context;
  client_context->set_deadline(absl::ToChronoTime(context.deadline));
  if (context.caller != nullptr) Forward(*context.caller, *client_context);
  Forward(context.trace, *client_context);
  call->done = std::move(done);
  if (context.cancellation != nullptr) {
    context.cancellation->SetListener([cancelled = std::weak_ptr<Call>(call)] {
      if (const auto live = cancelled.lock(); live != nullptr) live->context.TryCancel();
    });
  }
  start(client_context, [this, call = std::move(call)](const grpc::Status& status) mutable {
    End(std::move(call), FromServer(status));
  });
}

void RemoteTokenService::End(std::shared_ptr<Call> call, const absl::Status& status) {
  Done done = std::move(call->done);
  call = nullptr;
  done(status);
  done = nullptr;
  const std::lock_guard<std::mutex> lock(mutex_);
  --under_way_;
  ended_.notify_all();
}

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

void RemoteTokenService::CheckHealth(absl::Duration timeout, Done done) {
  using Response = grpc::health::v1::HealthCheckResponse;
  struct Messages {
    grpc::health::v1::HealthCheckRequest request;
    Response response;
  };
  const auto messages = std::make_shared<Messages>();
  messages->request.set_service(v1::TokenService::service_full_name());
  Begin(
      {.deadline = absl::Now() + timeout},
      [messages, done = std::move(done)](const absl::Status& status) mutable {
        if (!status.ok()) {
          done(absl::UnavailableError(absl::StrCat("no word from the server: ", status.message())));
        } else if (messages->response.status() != Response::SERVING) {
          done(absl::UnavailableError("the server is not serving"));
        } else {
          done(absl::OkStatus());
        }
      },
      [&](grpc::ClientContext* call, auto ended) {
        health_stub_->async()->Check(call, &messages->request, &messages->response,
                                     std::move(ended));
      });
}

}  // namespace openvidu::token
