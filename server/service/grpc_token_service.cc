#include "server/service/grpc_token_service.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/grpc_status.h"

namespace openvidu::token {
namespace {

/// The service's own fault, as OpenTelemetry has it; what else fails is the caller's.
bool IsServersFault(absl::StatusCode code) {
  return code == absl::StatusCode::kUnknown || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kUnimplemented || code == absl::StatusCode::kInternal ||
         code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDataLoss;
}

/// One call under way.
class Call final : public grpc::ServerUnaryReactor {
 public:
  Call(const grpc::CallbackServerContext& server_context, std::shared_ptr<const Caller> caller,
       absl::string_view method, const google::protobuf::Message& response,
       const CallTelemetry& telemetry)
      : server_context_(server_context),
        context_{.deadline = absl::FromChrono(server_context.deadline()),
                 .cancellation = std::make_shared<Cancellation>(),
                 .caller = std::move(caller)},
        method_(method),
        response_(response),
        telemetry_(telemetry) {
    context_.trace = TraceContextOf(server_context);
    if (telemetry_.tracer != nullptr) context_.trace = telemetry_.tracer->Begin(context_.trace);
    if (IsTold()) began_ = absl::Now();
  }

  const CallContext& context() const { return context_; }

  AsyncTokenService::Done Done() {
    return [this](const absl::Status& status) {
      if (IsTold()) Tell(status);
      Finish(ToGrpcStatus(status));
    };
  }

 private:
  void OnCancel() override { context_.cancellation->Cancel(); }
  void OnDone() override { delete this; }

  // "Not API": what the two above do is too little to be handed to another thread of gRPC's for,
  // which costs each call a wake-up. One that is no longer there to be overridden does not compile.
  bool InternalInlineable() override { return true; }

  bool HasSpan() const { return telemetry_.tracer != nullptr && context_.trace.sampled; }
  bool IsTold() const { return HasSpan() || telemetry_.has_lines(); }

  void Tell(const absl::Status& status) {
    const absl::Time now = absl::Now();
    if (HasSpan()) telemetry_.tracer->End(SpanOf(status, now));
    if (!telemetry_.has_lines()) return;
    const std::string trace_id = TraceIdOf(context_.trace);
    telemetry_.access_log->Write({.door = "grpc",
                                  .route = method_,
                                  .code = absl::StatusCodeToString(status.code()),
                                  .bytes = status.ok() ? response_.ByteSizeLong() : 0,
                                  .duration = now - began_,
                                  .address = context_.caller->address,
                                  .request_id = context_.caller->request_id,
                                  .trace_id = trace_id,
                                  .user_agent = UserAgentOf(server_context_)},
                                 now);
  }

  Span SpanOf(const absl::Status& status, absl::Time now) const {
    Span span{.context = context_.trace,
              .kind = Span::Kind::kServer,
              .name = absl::StrCat(v1::TokenService::service_full_name(), "/", method_),
              .begin = began_,
              .end = now,
              .failed = IsServersFault(status.code())};
    span.Tell("rpc.system", "grpc");
    span.Tell("rpc.service", v1::TokenService::service_full_name());
    span.Tell("rpc.method", method_);
    span.Tell("rpc.grpc.status_code", static_cast<int64_t>(status.code()));
    if (!status.ok()) span.Tell("error.type", absl::StatusCodeToString(status.code()));
    span.Tell("client.address", context_.caller->address);
    return span;
  }

  const grpc::CallbackServerContext& server_context_;
  CallContext context_;
  const absl::string_view method_;
  const google::protobuf::Message& response_;
  const CallTelemetry& telemetry_;
  absl::Time began_;
};

}  // namespace

grpc::ServerUnaryReactor* GrpcTokenService::InitializeSession(
    grpc::CallbackServerContext* context, const v1::InitializeSessionRequest* request,
    v1::InitializeSessionResponse* response) {
  auto* const call =  // deletes itself when gRPC is done with it
      new Call(*context, callers_.CallerOf(*context), "InitializeSession", *response, telemetry_);
  service_.InitializeSession(call->context(), *request, *response, call->Done());
  return call;
}

grpc::ServerUnaryReactor* GrpcTokenService::CreateConnection(
    grpc::CallbackServerContext* context, const v1::CreateConnectionRequest* request,
    v1::CreateConnectionResponse* response) {
  auto* const call =
      new Call(*context, callers_.CallerOf(*context), "CreateConnection", *response, telemetry_);
  service_.CreateConnection(call->context(), *request, *response, call->Done());
  return call;
}

grpc::ServerUnaryReactor* GrpcTokenService::JoinSession(grpc::CallbackServerContext* context,
                                                        const v1::JoinSessionRequest* request,
                                                        v1::JoinSessionResponse* response) {
  auto* const call =
      new Call(*context, callers_.CallerOf(*context), "JoinSession", *response, telemetry_);
  service_.JoinSession(call->context(), *request, *response, call->Done());
  return call;
}

}  // namespace openvidu::token
