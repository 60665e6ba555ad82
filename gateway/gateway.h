#ifndef GATEWAY_GATEWAY_H_
#define GATEWAY_GATEWAY_H_

#include <httplib.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/token_client.h"
#include "common/call_context.h"
#include "gateway/client_address.h"
#include "gateway/cors.h"
#include "common/rate_limiter.h"
#include "gateway/site.h"
#include "http/http_handler.h"

namespace openvidu::token {

/// The REST face of TokenService: the two endpoints of OpenVidu's samples, one that makes
/// one request of them, and health.
///
///   POST /api/sessions                    → 200 text/plain, the session id
///   POST /api/sessions/{id}/connections   → 200 text/plain, the token; empty for IPCAM
///   POST /api/sessions/{id}/join          → 200 JSON: sessionId, connectionId, token, created
///   GET  /healthz                         → 200 while the process runs
///   GET  /readyz                          → 200 while the token server takes calls, else 503
/// and what Site has.
///
/// Errors are RFC 9457 problems with the members `code` (gRPC's name), `reason` and `field` where
/// they apply. Each answer of the first three has an X-Request-Id (http_caller.h), and a 401 a
/// challenge (RFC 6750). Who calls, by its credentials and address, goes along with the call; this
/// gateway decides nothing by it. A caller of the first three may be limited (rate_limiter.h). A
/// request ends with its client's connection, and by the time that its header Grpc-Timeout gives
/// (grpc_timeout.h). Thread-safe.
class Gateway {
 public:
  /// Borrows `client`.
  Gateway(TokenClient& client, Cors cors, const RateLimiterOptions& rate_limit,
          TrustedProxies proxies, Site site)
      : client_(client),
        cors_(std::move(cors)),
        limiter_(rate_limit),
        proxies_(std::move(proxies)),
        site_(std::move(site)) {}

  /// From now on /readyz answers 503; all else goes on.
  void BeginDrain() { draining_ = true; }

  /// Answers one request (HttpHandler of http/http_handler.h).
  void Handle(const httplib::Request& request, HttpReply reply);

  /// Fills the answer to a request that the front refuses (HttpErrorHandler).
  void HandleError(int status, absl::string_view detail, const httplib::Request& request,
                   httplib::Response& response) const;

  /// Whether Handle() of this request returns at once: all but those with a large body to read or
  /// of a file.
  bool HandlesAtOnce(const httplib::Request& request) const;

  /// The route of a request, with `{id}` for a session's: one of the paths above, "site" or
  /// "other". Of static storage.
  absl::string_view RouteOf(const httplib::Request& request) const;

  /// The requests that the limit of their address refused.
  uint64_t rate_limited() const { return rate_limited_; }

 private:
  /// One of the calls for a session or a token, made for `caller`.
  struct Call {
    const httplib::Request& request;
    std::shared_ptr<const Caller> caller;
    httplib::Response response;
    HttpReply reply;
  };

  void Dispatch(const httplib::Request& request, httplib::Response response, HttpReply reply);
  /// Whether the caller has asked for too much of late; answers that it has.
  bool IsOverLimit(const httplib::Request& request, httplib::Response& response);
  void InitializeSession(Call call);
  void CreateConnection(const std::string& session_id, Call call);
  void JoinSession(const std::string& session_id, Call call);
  void Ready(httplib::Response response, HttpReply reply);

  TokenClient& client_;
  const Cors cors_;
  RateLimiter limiter_;
  std::atomic<uint64_t> rate_limited_{0};
  const TrustedProxies proxies_;
  const Site site_;
  std::atomic<bool> draining_{false};
};

}  // namespace openvidu::token

#endif  // GATEWAY_GATEWAY_H_
