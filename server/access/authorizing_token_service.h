#ifndef SERVER_ACCESS_AUTHORIZING_TOKEN_SERVICE_H_
#define SERVER_ACCESS_AUTHORIZING_TOKEN_SERVICE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "common/rate_limiter.h"
#include "net/reactor.h"
#include "proto/async_token_service.h"
#include "server/access/audit_log.h"
#include "server/access/authenticator.h"
#include "server/access/camera_check.h"
#include "server/access/decision.h"
#include "server/access/policy_source.h"

namespace openvidu::token {

/// Who may ask for what.
struct AccessOptions {
  AuthenticatorOptions authentication;
  PolicyOptions policy;
  std::string audit_log = "off";     ///< See AuditLog::Open.
  RateLimiterOptions subject_limit;  ///< Of each authenticated subject.
};

/// A TokenService before another: finds out who calls, lets through what the policy allows, in the
/// way that it demands, and writes down both. All calls come through it, by whichever door.
/// Thread-safe; made and destroyed on any thread but the reactor's.
class AuthorizingTokenService final : public AsyncTokenService {
 public:
  /// Errors: kInvalidArgument naming every mistake, one a line.
  static absl::Status Check(const AccessOptions& options);

  /// Borrows `service` and `reactor`. Errors: those of Check.
  static absl::StatusOr<std::unique_ptr<AuthorizingTokenService>> Create(
      const AccessOptions& options, AsyncTokenService& service, Reactor& reactor);
  /// Ends the calls that have not reached the service yet; those that have are to be ended before.
  ~AuthorizingTokenService() override;

  /// Errors, beside those of the service: the authenticator's, kPermissionDenied (POLICY_DENIED,
  /// with the property) and kResourceExhausted (RATE_LIMITED).
  void InitializeSession(const CallContext& context, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse& response, Done done) override;
  void CreateConnection(const CallContext& context, const v1::CreateConnectionRequest& request,
                        v1::CreateConnectionResponse& response, Done done) override;
  void JoinSession(const CallContext& context, const v1::JoinSessionRequest& request,
                   v1::JoinSessionResponse& response, Done done) override;

  /// Whether calls are written down, and how many lines were lost.
  bool audits() const { return audit_->enabled(); }
  uint64_t audit_lines_dropped() const { return audit_->dropped(); }

 private:
  template <typename Request, typename Response>
  struct Call;
  template <typename Request, typename Response>
  using CallPtr = std::shared_ptr<Call<Request, Response>>;

  AuthorizingTokenService(const AccessOptions& options, AsyncTokenService& service,
                          Reactor& reactor);

  template <typename Request, typename Response>
  void Begin(const CallContext& context, absl::string_view method, const Request& request,
             Response& response, Done done);
  template <typename Request, typename Response>
  void Decide(const CallPtr<Request, Response>& call, Identity identity);
  template <typename Request, typename Response>
  void LookAtCamera(const CallPtr<Request, Response>& call, const CameraHost& camera);
  template <typename Request, typename Response>
  void End(Call<Request, Response>& call, const absl::Status& status);
  absl::Status TakeFromLimit(const std::string& subject);

  void Forward(const CallPtr<v1::InitializeSessionRequest, v1::InitializeSessionResponse>& call);
  void Forward(const CallPtr<v1::CreateConnectionRequest, v1::CreateConnectionResponse>& call);
  void Forward(const CallPtr<v1::JoinSessionRequest, v1::JoinSessionResponse>& call);

  AsyncTokenService& service_;
  Reactor& reactor_;
  RateLimiter limiter_;
  std::unique_ptr<AuditLog> audit_;
  std::unique_ptr<PolicySource> policy_;
  std::unique_ptr<CameraCheck> cameras_;  // of the reactor's thread
  std::unique_ptr<Authenticator> authenticator_;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_AUTHORIZING_TOKEN_SERVICE_H_
