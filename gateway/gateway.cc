#include "gateway/gateway.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/status_details.h"
#include "gateway/grpc_timeout.h"
#include "gateway/http_caller.h"
#include "gateway/http_status.h"
#include "gateway/request_body.h"
#include "http/problem.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kSessionsPath[] = "/api/sessions";
constexpr char kConnectionsSuffix[] = "/connections";
constexpr char kJoinSuffix[] = "/join";
constexpr char kIdempotencyKey[] = "Idempotency-Key";

/// How long /readyz waits for the server's word.
constexpr absl::Duration kHealthTimeout = absl::Seconds(2);

/// A larger body would hold up the reactor's other clients while it is read.
constexpr size_t kMaxBytesAtOnce = 16 * 1024;

enum class Route { kNone, kSessions, kConnections, kJoin, kHealth, kReady, kSite };

struct Target {
  Route route = Route::kNone;
  absl::string_view session_id;  ///< Of kConnections and kJoin, as it is in the target.
};

/// Decodes an id only as far as it stays text: what is left encoded no session can have, and is
/// refused as such.
std::string DecodeId(absl::string_view segment) {
  std::string decoded = PercentDecode(segment, false);
  for (const char c : decoded) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') return std::string(segment);
  }
  return decoded;
}

/// Matches the raw target, so that an encoded slash is part of an id and not a way to another
/// route.
Target ParseTarget(absl::string_view target) {
  absl::string_view path = target.substr(0, target.find('?'));
  if (path == "/healthz") return {Route::kHealth, ""};
  if (path == "/readyz") return {Route::kReady, ""};
  if (path.size() > 1) absl::ConsumeSuffix(&path, "/");
  if (!absl::ConsumePrefix(&path, kSessionsPath)) return {};
  if (path.empty()) return {Route::kSessions, ""};
  if (!absl::ConsumePrefix(&path, "/")) return {};
  Route route = Route::kNone;
  if (absl::ConsumeSuffix(&path, kConnectionsSuffix)) {
    route = Route::kConnections;
  } else if (absl::ConsumeSuffix(&path, kJoinSuffix)) {
    route = Route::kJoin;
  }
  if (route == Route::kNone || path.empty() || absl::StrContains(path, '/')) return {};
  return {route, path};
}

absl::string_view NameOf(Route route) {
  switch (route) {
    case Route::kSessions:
      return "/api/sessions";
    case Route::kConnections:
      return "/api/sessions/{id}/connections";
    case Route::kJoin:
      return "/api/sessions/{id}/join";
    case Route::kHealth:
      return "/healthz";
    case Route::kReady:
      return "/readyz";
    case Route::kSite:
      return "site";
    case Route::kNone:
      return "other";
  }
  return "other";
}

Target TargetOf(absl::string_view target, const Site& site) {
  Target parsed = ParseTarget(target);
  if (parsed.route == Route::kNone && site.Has(target)) parsed.route = Route::kSite;
  return parsed;
}

/// Whether the server is called: all but health, the site and what is not there.
bool IsCall(Route route) {
  return route == Route::kSessions || route == Route::kConnections || route == Route::kJoin;
}

const char* MethodsOf(Route route) {
  return IsCall(route) || route == Route::kNone ? "POST, OPTIONS" : "GET, HEAD, OPTIONS";
}

bool IsAmong(absl::string_view method, absl::string_view methods) {
  const std::vector<absl::string_view> taken = absl::StrSplit(methods, ", ");
  return std::find(taken.begin(), taken.end(), method) != taken.end();
}

void SetText(httplib::Response& response, const std::string& text) {
  response.status = 200;
  response.set_content(text, kText);
  // An id can be had again by its name, a token never: neither is for a cache.
  response.set_header("Cache-Control", "no-store");
}

int64_t SecondsUp(absl::Duration duration) {
  return absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
}

/// At least one second.
void SetRetryAfter(absl::Duration pause, httplib::Response& response) {
  response.headers.erase("Retry-After");
  response.set_header("Retry-After", absl::StrCat(std::max<int64_t>(SecondsUp(pause), 1)));
}

/// What a limit has left.
void SetRateLimit(int limit, int remaining, absl::Duration reset, httplib::Response& response) {
  const std::pair<const char*, int64_t> values[] = {{"RateLimit-Limit", limit},
                                                    {"RateLimit-Remaining", remaining},
                                                    {"RateLimit-Reset", SecondsUp(reset)}};
  for (const auto& [name, value] : values) {
    response.headers.erase(name);
    response.set_header(name, absl::StrCat(value));
  }
}

void SetProblem(int http_status, absl::string_view detail, const nlohmann::ordered_json& members,
                httplib::Response& response) {
  response.status = http_status;
  response.set_content(ProblemJson(http_status, detail, members), kProblemJsonType);
  if (http_status == 429 || http_status == 503) SetRetryAfter(absl::ZeroDuration(), response);
}

void SetProblem(const absl::Status& status, httplib::Response& response) {
  nlohmann::ordered_json members = {{"code", absl::StatusCodeToString(status.code())}};
  if (!ReasonOf(status).empty()) members["reason"] = ReasonOf(status);
  // By HTTP callers' names: for them a request id is a header.
  const std::string field = FieldOf(status) == "requestId" ? kIdempotencyKey : FieldOf(status);
  if (!field.empty()) members["field"] = field;
  // Addresses within the organisation are not for its callers.
  const absl::string_view detail =
      ReasonOf(status) == kTokenServerUnavailable
          ? "The token server gave no answer; the request may have been carried out"
          : status.message();
  SetProblem(HttpFromStatusCode(status.code()), detail, members, response);
  if (RetryAfterOf(status) > absl::ZeroDuration()) SetRetryAfter(RetryAfterOf(status), response);
  // A limit of the server's, which tells no more of it.
  if (LimitOf(status) > 0) SetRateLimit(LimitOf(status), 0, RetryAfterOf(status), response);
}

/// A call is cancelled when its client has gone, who gets no answer, and at the end of a drain:
/// then its client is told so.
absl::Status IfCancelledStopping(const absl::Status& status) {
  if (!absl::IsCancelled(status)) return status;
  return WithReason(
      absl::UnavailableError("The service is stopping; the request may have been carried out"),
      "UPSTREAM_ANSWER_LOST");
}

/// What became of a call for `caller`.
void SetFailure(const absl::Status& status, const Caller& caller, httplib::Response& response) {
  SetProblem(IfCancelledStopping(status), response);
  if (absl::IsUnauthenticated(status)) {
    response.set_header("WWW-Authenticate", ChallengeTo(caller));
  }
}

void SetJoined(const v1::JoinSessionResponse& joined, httplib::Response& response) {
  const nlohmann::ordered_json json = {{"sessionId", joined.session_id()},
                                       {"connectionId", joined.connection().connection_id()},
                                       {"token", joined.connection().token()},
                                       {"created", joined.created()}};
  response.status = 200;
  response.set_content(json.dump(), "application/json");
  response.set_header("Cache-Control", "no-store");
}

/// The span that is made of it, or the one that it brought where none is.
TraceContext TraceOf(const httplib::Request& request, const HttpReply& reply) {
  const ObservedRequest* const observed = reply.observed();
  return observed != nullptr && observed->trace.exists() ? observed->trace
                                                         : TraceContextOf(request);
}

absl::StatusOr<CallOptions> OptionsOf(const httplib::Request& request, const HttpReply& reply,
                                      std::shared_ptr<const Caller> caller) {
  const absl::StatusOr<absl::Duration> timeout = GrpcTimeoutOf(request);
  if (!timeout.ok()) return timeout.status();
  // One who sends it empty would rely on what it does not do.
  if (request.has_header(kIdempotencyKey) && request.get_header_value(kIdempotencyKey).empty()) {
    return WithReason(WithField(absl::InvalidArgumentError("The header Idempotency-Key is empty"),
                                kIdempotencyKey),
                      "HEADER_INVALID");
  }
  return CallOptions{.deadline = absl::Now() + *timeout,
                     .request_id = request.get_header_value(kIdempotencyKey),
                     .cancellation = reply.cancellation(),
                     .caller = std::move(caller),
                     .trace = TraceOf(request, reply)};
}

/// Whether a part of the request could be read; answers where it could not.
bool IsRead(const absl::Status& read, httplib::Response& response) {
  if (read.ok()) return true;
  if (absl::IsUnimplemented(read)) {
    SetProblem(415, read.message(), nlohmann::ordered_json::object(), response);
    response.set_header("Accept", "application/json, application/x-www-form-urlencoded");
  } else {
    SetProblem(read, response);
  }
  return false;
}

}  // namespace

bool Gateway::HandlesAtOnce(const httplib::Request& request) const {
  return request.body.size() <= kMaxBytesAtOnce && site_.AnswersAtOnce(request.target);
}

absl::string_view Gateway::RouteOf(const httplib::Request& request) const {
  return NameOf(TargetOf(request.target, site_).route);
}

void Gateway::Handle(const httplib::Request& request, HttpReply reply) {
  httplib::Response response;
  cors_.Allow(request, response);
  Dispatch(request, std::move(response), std::move(reply));
}

void Gateway::Dispatch(const httplib::Request& request, httplib::Response response,
                       HttpReply reply) {
  const Target target = TargetOf(request.target, site_);
  const char* const methods = MethodsOf(target.route);
  if (IsCall(target.route)) response.set_header(kRequestIdHeader, RequestIdOf(request));
  if (Cors::IsPreflight(request)) {
    cors_.AnswerPreflight(request, methods, response);
  } else if (target.route == Route::kNone) {
    SetProblem(404, "There is nothing at this path", nlohmann::ordered_json::object(), response);
  } else if (request.method == "OPTIONS") {
    response.status = 204;
    response.set_header("Allow", methods);
  } else if (!IsAmong(request.method, methods)) {
    SetProblem(405, absl::StrCat("This path takes ", methods), nlohmann::ordered_json::object(),
               response);
    response.set_header("Allow", methods);
  } else if (target.route == Route::kReady) {
    return Ready(std::move(response), std::move(reply));
  } else if (target.route == Route::kSite) {
    site_.Answer(request, response);
  } else if (target.route == Route::kHealth) {
    SetText(response, "ok\n");
  } else if (!IsOverLimit(request, response)) {
    std::shared_ptr<const Caller> caller = CallerOf(
        request, response.get_header_value(kRequestIdHeader), reply.certificate_names(), proxies_);
    Call call{request, std::move(caller), std::move(response), std::move(reply)};
    if (target.route == Route::kSessions) return InitializeSession(std::move(call));
    const std::string session_id = DecodeId(target.session_id);
    if (target.route == Route::kJoin) return JoinSession(session_id, std::move(call));
    return CreateConnection(session_id, std::move(call));
  }
  reply.Send(std::move(response));
}

bool Gateway::IsOverLimit(const httplib::Request& request, httplib::Response& response) {
  if (!limiter_.enabled()) return false;
  const RateLimiter::Decision decision =
      limiter_.Take(proxies_.Caller(request.remote_addr, ForwardedForOf(request)),
                    std::chrono::steady_clock::now());
  if (!decision.allowed) {
    ++rate_limited_;
    SetProblem(429, "Too many requests from this address",
               {{"code", "RESOURCE_EXHAUSTED"}, {"reason", kRateLimited}}, response);
    SetRetryAfter(decision.retry_after, response);
  }
  SetRateLimit(decision.limit, decision.remaining, decision.reset, response);
  return !decision.allowed;
}

void Gateway::HandleError(int status, absl::string_view detail, const httplib::Request& request,
                          httplib::Response& response) const {
  cors_.Allow(request, response);
  response.set_header(kRequestIdHeader, RequestIdOf(request));
  SetProblem(status, detail, nlohmann::ordered_json::object(), response);
}

void Gateway::InitializeSession(Call call) {
  v1::SessionProperties properties;
  absl::StatusOr<CallOptions> options = OptionsOf(call.request, call.reply, call.caller);
  if (!IsRead(options.status(), call.response) ||
      !IsRead(ReadProperties(call.request, properties), call.response)) {
    return call.reply.Send(std::move(call.response));
  }
  client_.InitializeSession(
      std::move(properties), *std::move(options),
      [caller = std::move(call.caller), response = std::move(call.response),
       reply = std::move(call.reply)](
          const absl::StatusOr<v1::InitializeSessionResponse>& initialized) mutable {
        if (initialized.ok()) {
          SetText(response, initialized->session().session_id());
        } else {
          SetFailure(initialized.status(), *caller, response);
        }
        reply.Send(std::move(response));
      });
}

void Gateway::CreateConnection(const std::string& session_id, Call call) {
  v1::ConnectionProperties properties;
  absl::StatusOr<CallOptions> options = OptionsOf(call.request, call.reply, call.caller);
  if (!IsRead(options.status(), call.response) ||
      !IsRead(ReadProperties(call.request, properties), call.response)) {
    return call.reply.Send(std::move(call.response));
  }
  client_.CreateConnection(
      session_id, std::move(properties), *std::move(options),
      [caller = std::move(call.caller), response = std::move(call.response),
       reply = std::move(call.reply)](const absl::StatusOr<v1::Connection>& connection) mutable {
        if (connection.ok()) {
          SetText(response, connection->token());
        } else {
          SetFailure(connection.status(), *caller, response);
        }
        reply.Send(std::move(response));
      });
}

void Gateway::JoinSession(const std::string& session_id, Call call) {
  v1::SessionProperties session;
  v1::ConnectionProperties connection;
  absl::StatusOr<CallOptions> options = OptionsOf(call.request, call.reply, call.caller);
  if (!IsRead(options.status(), call.response) ||
      !IsRead(ReadJoinProperties(call.request, session, connection), call.response)) {
    return call.reply.Send(std::move(call.response));
  }
  client_.JoinSession(session_id, std::move(session), std::move(connection), *std::move(options),
                      [caller = std::move(call.caller), response = std::move(call.response),
                       reply = std::move(call.reply)](
                          const absl::StatusOr<v1::JoinSessionResponse>& joined) mutable {
                        if (joined.ok()) {
                          SetJoined(*joined, response);
                        } else {
                          SetFailure(joined.status(), *caller, response);
                        }
                        reply.Send(std::move(response));
                      });
}

void Gateway::Ready(httplib::Response response, HttpReply reply) {
  if (draining_) {
    SetProblem(absl::UnavailableError("The gateway is stopping"), response);
    return reply.Send(std::move(response));
  }
  client_.CheckHealth(kHealthTimeout, [response = std::move(response), reply = std::move(reply)](
                                          const absl::Status& health) mutable {
    if (health.ok()) {
      SetText(response, "ok\n");
    } else {
      SetProblem(health, response);
    }
    reply.Send(std::move(response));
  });
}

}  // namespace openvidu::token
