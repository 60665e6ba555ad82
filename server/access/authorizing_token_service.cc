#include "server/access/authorizing_token_service.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/flags.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

Decision DecideOn(const Policy& policy, const Identity& identity,
                  v1::InitializeSessionRequest& request) {
  return policy.DecideInitialize(identity, request);
}
Decision DecideOn(const Policy& policy, const Identity& identity,
                  v1::CreateConnectionRequest& request) {
  return policy.DecideConnect(identity, request);
}
Decision DecideOn(const Policy& policy, const Identity& identity, v1::JoinSessionRequest& request) {
  return policy.DecideJoin(identity, request);
}

/// The name of an enum's value, as OpenVidu has it. Empty: it is not set, or has no name.
std::string Word(const std::string& name, absl::string_view prefix, int value) {
  return value == 0 ? "" : std::string(absl::StripPrefix(name, prefix));
}

void Describe(const v1::ConnectionProperties& properties, AuditRecord& record) {
  record.role = Word(v1::Role_Name(properties.role()), "ROLE_", properties.role());
  record.type = Word(v1::ConnectionType_Name(properties.type()), "CONNECTION_TYPE_",
                     properties.type());
}
void Describe(const v1::InitializeSessionRequest& request, AuditRecord& record) {
  record.session_id = request.properties().custom_session_id();
}
void Describe(const v1::CreateConnectionRequest& request, AuditRecord& record) {
  record.session_id = request.session_id();
  Describe(request.properties(), record);
}
void Describe(const v1::JoinSessionRequest& request, AuditRecord& record) {
  record.session_id = request.custom_session_id();
  Describe(request.connection_properties(), record);
}

void DescribeResult(const v1::InitializeSessionResponse& response, AuditRecord& record) {
  record.session_id = response.session().session_id();
}
template <typename Response>
void DescribeResult(const Response& response, AuditRecord& record) {
  record.connection_id = response.connection().connection_id();
}

/// A name that tells subjects of tokens from those of certificates. Empty: anonymous.
std::string SubjectOf(const Identity& identity) {
  return identity.method == Identity::Method::kJwt ? absl::StrCat("jwt:", identity.subject)
                                                   : identity.subject;
}

}  // namespace

template <typename Request, typename Response>
struct AuthorizingTokenService::Call {
  CallContext context;
  Request request;  // as the policy changes it
  Response& response;
  Done done;
  AuditRecord record;
  bool may_create = true;
};

absl::Status AuthorizingTokenService::Check(const AccessOptions& options) {
  return AllMistakes({CheckAuthenticatorOptions(options.authentication),
                      PolicySource::Check(options.policy),
                      CheckRateLimit("subject_rate_limit", options.subject_limit),
                      AuditLog::Check(options.audit_log)});
}

absl::StatusOr<std::unique_ptr<AuthorizingTokenService>> AuthorizingTokenService::Create(
    const AccessOptions& options, AsyncTokenService& service, Reactor& reactor) {
  if (absl::Status mistakes = Check(options); !mistakes.ok()) return mistakes;
  std::unique_ptr<AuthorizingTokenService> made(
      new AuthorizingTokenService(options, service, reactor));
  auto audit = AuditLog::Open(options.audit_log);
  if (!audit.ok()) return audit.status();
  made->audit_ = *std::move(audit);
  auto policy = PolicySource::Create(options.policy, reactor);
  if (!policy.ok()) return policy.status();
  made->policy_ = *std::move(policy);
  auto authenticator = Authenticator::Create(options.authentication, reactor);
  if (!authenticator.ok()) return authenticator.status();
  made->authenticator_ = *std::move(authenticator);
  return made;
}

AuthorizingTokenService::AuthorizingTokenService(const AccessOptions& options,
                                                 AsyncTokenService& service, Reactor& reactor)
    : service_(service),
      reactor_(reactor),
      limiter_(options.subject_limit),
      cameras_(std::make_unique<CameraCheck>(reactor)) {}

AuthorizingTokenService::~AuthorizingTokenService() {
  authenticator_ = nullptr;
  reactor_.RunAndWait([this] { cameras_ = nullptr; });
}

void AuthorizingTokenService::InitializeSession(const CallContext& context,
                                                const v1::InitializeSessionRequest& request,
                                                v1::InitializeSessionResponse& response,
                                                Done done) {
  Begin(context, "InitializeSession", request, response, std::move(done));
}

void AuthorizingTokenService::CreateConnection(const CallContext& context,
                                               const v1::CreateConnectionRequest& request,
                                               v1::CreateConnectionResponse& response, Done done) {
  Begin(context, "CreateConnection", request, response, std::move(done));
}

void AuthorizingTokenService::JoinSession(const CallContext& context,
                                          const v1::JoinSessionRequest& request,
                                          v1::JoinSessionResponse& response, Done done) {
  Begin(context, "JoinSession", request, response, std::move(done));
}

template <typename Request, typename Response>
void AuthorizingTokenService::Begin(const CallContext& context, absl::string_view method,
                                    const Request& request, Response& response, Done done) {
  using ThisCall = Call<Request, Response>;
  auto call = std::make_shared<ThisCall>(ThisCall{context, request, response, std::move(done), {}});
  call->record.method = method;
  authenticator_->Authenticate(context.caller.get(),
                               [this, call](absl::StatusOr<Identity> identity) {
                                 if (!identity.ok()) return End(*call, identity.status());
                                 Decide(call, *std::move(identity));
                               });
}

template <typename Request, typename Response>
void AuthorizingTokenService::Decide(const CallPtr<Request, Response>& call, Identity identity) {
  call->context.subject = SubjectOf(identity);
  call->record.identity = std::move(identity);
  if (const absl::Status over = TakeFromLimit(call->context.subject); !over.ok()) {
    return End(*call, over);
  }
  const Decision decision =
      DecideOn(*policy_->policy(), call->record.identity, call->request);
  call->record.rule = decision.rule;
  if (!decision.allowed()) return End(*call, decision.status);
  call->may_create = decision.may_create;
  if (decision.camera.has_value()) return LookAtCamera(call, *decision.camera);
  call->record.allowed = true;
  Forward(call);
}

template <typename Request, typename Response>
void AuthorizingTokenService::LookAtCamera(const CallPtr<Request, Response>& call,
                                           const CameraHost& camera) {
  reactor_.Run([this, call, camera] {
    cameras_->Check(camera, call->context.deadline, [this, call](const absl::Status& status) {
      if (!status.ok()) return End(*call, status);
      call->record.allowed = true;
      Forward(call);
    });
  });
}

template <typename Request, typename Response>
void AuthorizingTokenService::End(Call<Request, Response>& call, const absl::Status& status) {
  if (audit_->enabled()) {
    call.record.caller = call.context.caller;
    Describe(call.request, call.record);  // as the policy wants it, or, where denied, as it came
    if (status.ok()) DescribeResult(call.response, call.record);
    call.record.result = status;
    audit_->Write(call.record, absl::Now());
  }
  call.done(status);
}

absl::Status AuthorizingTokenService::TakeFromLimit(const std::string& subject) {
  if (subject.empty()) return absl::OkStatus();
  const RateLimiter::Decision taken = limiter_.Take(subject, std::chrono::steady_clock::now());
  if (taken.allowed) return absl::OkStatus();
  return WithLimit(
      WithRetryAfter(WithReason(absl::ResourceExhaustedError("Too many requests of this caller"),
                                kRateLimited),
                     taken.retry_after),
      taken.limit);
}

void AuthorizingTokenService::Forward(
    const CallPtr<v1::InitializeSessionRequest, v1::InitializeSessionResponse>& call) {
  service_.InitializeSession(call->context, call->request, call->response,
                             [this, call](const absl::Status& status) { End(*call, status); });
}

void AuthorizingTokenService::Forward(
    const CallPtr<v1::CreateConnectionRequest, v1::CreateConnectionResponse>& call) {
  service_.CreateConnection(call->context, call->request, call->response,
                            [this, call](const absl::Status& status) { End(*call, status); });
}

void AuthorizingTokenService::Forward(
    const CallPtr<v1::JoinSessionRequest, v1::JoinSessionResponse>& call) {
  if (call->may_create) {
    service_.JoinSession(call->context, call->request, call->response,
                         [this, call](const absl::Status& status) { End(*call, status); });
    return;
  }
  // Who may not create a session joins one that is there.
  struct Connect {
    v1::CreateConnectionRequest request;
    v1::CreateConnectionResponse response;
  };
  const auto connect = std::make_shared<Connect>();
  connect->request.set_session_id(call->request.custom_session_id());
  connect->request.set_request_id(call->request.request_id());
  *connect->request.mutable_properties() = call->request.connection_properties();
  service_.CreateConnection(
      call->context, connect->request, connect->response,
      [this, call, connect](const absl::Status& status) {
        if (status.ok()) {
          call->response.set_session_id(connect->request.session_id());
          *call->response.mutable_connection() = std::move(*connect->response.mutable_connection());
        }
        End(*call, status);
      });
}

}  // namespace openvidu::token
