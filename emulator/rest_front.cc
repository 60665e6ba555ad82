#include "emulator/rest_front.h"

#include <utility>

#include "absl/strings/match.h"
#include "emulator/access_rules.h"
#include "emulator/percent.h"
#include "emulator/request_rules.h"

namespace openvidu::emulator {
namespace {

// The headers that Spring Security adds to whatever passed its filters, behind those that are set
// by then.
void AddSecurityHeaders(HttpResponse* response) {
  response->Add("X-Content-Type-Options", "nosniff");
  response->Add("X-XSS-Protection", "0");
  response->Add("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate");
  response->Add("Pragma", "no-cache");
  response->Add("Expires", "0");
  response->Add("X-Frame-Options", "DENY");
}

void AddIfAny(const char* name, const std::string& value, HttpResponse* response) {
  if (!value.empty()) response->Add(name, value);
}

constexpr char kChallenge[] = "Basic realm=\"Realm\"";
constexpr char kSupportedTypes[] = "application/json, application/*+json";

HttpResponse Finished(HttpResponse response, int status) {
  response.status = status;
  AddSecurityHeaders(&response);
  return response;
}

// Puts an endpoint's answer into `response`, which holds the CORS headers.
HttpResponse Finished(HttpResponse response, ApiAnswer answer) {
  switch (answer.kind) {
    case ApiAnswer::Kind::kEmpty:
    case ApiAnswer::Kind::kMasked:
      break;
    case ApiAnswer::Kind::kUnsupportedType:
      response.Add("Accept", kSupportedTypes);
      break;
    case ApiAnswer::Kind::kBrokenBody:
      // The answer is sent from an error inside Tomcat, behind the back of Spring Security [12].
      response.status = answer.status;
      response.close_unannounced = true;
      return response;
    case ApiAnswer::Kind::kChunkedJson:
      response.chunked = true;
      response.content_type = "application/json";
      break;
    case ApiAnswer::Kind::kJson:
      response.content_type = "application/json";
      break;
    case ApiAnswer::Kind::kText:
      response.content_type = "text/plain;charset=UTF-8";
      break;
  }
  response.body = std::move(answer.body);
  return Finished(std::move(response), answer.status);
}

}  // namespace

RestFront::RestFront(Api& api, CostModel& cost, std::string secret)
    : api_(api), cost_(cost), secret_(std::move(secret)) {}

Route RestFront::RouteOf(const HttpRequest& request) const {
  const absl::optional<std::string> api_path = ApiPathOf(request);
  return api_path.has_value() ? MatchRoute(request.method, *api_path) : Route();
}

HttpResponse RestFront::Handle(const HttpRequest& request, RequestBody& body) {
  HttpResponse response;
  if (request.target == "*") {  // Tomcat's own answer to OPTIONS *
    response.Add("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    return response;
  }
  if (!IsAllowedMethod(request.method)) {
    if (request.method == "TRACE") response.Add("Allow", "HEAD, DELETE, POST, GET, OPTIONS, PUT");
    response.status = 400;
    return response;
  }
  if (!IsAllowedPath(request.path)) return RefuseByFirewall(request);
  AddCorsHeaders(request, &response);
  if (IsPreflight(request)) return Finished(std::move(response), 200);

  const Credentials credentials = CredentialsOf(request);
  if (credentials == Credentials::kAccepted || credentials == Credentials::kRejected) {
    cost_.Charge();
  }
  const bool is_known = credentials == Credentials::kAccepted;
  if (credentials == Credentials::kRejected || credentials == Credentials::kBroken) {
    return Unauthorized(request, credentials, std::move(response));
  }
  const Access access = AccessRuleOf(request);
  if (access != Access::kEverybody && !is_known) {
    return Unauthorized(request, credentials, std::move(response));
  }
  if (access == Access::kNobody) return Finished(std::move(response), 403);
  if (const absl::optional<std::string> api_path = ApiPathOf(request)) {
    return AnswerApi(request, body, *api_path, std::move(response));
  }
  return AnswerPage(request, credentials, std::move(response));
}

HttpResponse RestFront::RefuseByFirewall(const HttpRequest& request) {
  // Its 400 is forwarded to the error page, which a stranger may not see; by then nobody knows the
  // credentials.
  HttpResponse response;
  response.status = 401;
  AddIfAny("Set-Cookie", login_sessions_.CookieFor(request), &response);
  if (!IsScriptRequest(request)) response.Add("WWW-Authenticate", kChallenge);
  return response;
}

HttpResponse RestFront::Unauthorized(const HttpRequest& request, Credentials credentials,
                                     HttpResponse response) {
  response.status = 401;
  const std::string cookie = login_sessions_.CookieFor(request);
  const std::string challenge = IsScriptRequest(request) ? "" : kChallenge;
  // Wrong credentials are found before the request is kept, missing ones after that [07].
  const bool is_wrong = credentials != Credentials::kNone;
  if (!is_wrong) AddIfAny("Set-Cookie", cookie, &response);
  AddIfAny("WWW-Authenticate", challenge, &response);
  AddSecurityHeaders(&response);
  if (is_wrong) AddIfAny("Set-Cookie", cookie, &response);
  return response;
}

HttpResponse RestFront::AnswerApi(const HttpRequest& request, RequestBody& body,
                                  const std::string& api_path, HttpResponse response) {
  const Route route = MatchRoute(request.method, api_path);
  switch (route.endpoint) {
    case Endpoint::kNone:
      return Finished(std::move(response), 403);
    case Endpoint::kWrongMethod:
      response.Add("Allow", AllowAfterWrongMethod(route));
      return Finished(std::move(response), 403);
    case Endpoint::kOptions:
      response.Add("Allow", AllowAfterOptions(route));
      response.Add("Accept-Patch", "");
      return Finished(std::move(response), 200);
    default:
      return Finished(std::move(response), api_.Answer(route, request, body));
  }
}

HttpResponse RestFront::AnswerPage(const HttpRequest& request, Credentials credentials,
                                   HttpResponse response) {
  const std::string path = PercentDecoded(request.path);
  if (path == "/openvidu" || path == "/openvidu/info") {
    return AnswerWebSocketPath(request, path, std::move(response));
  }
  if (path == "/openvidu/cdr" || path == "/cdr") {
    return Finished(std::move(response), ApiAnswer::JsonText("[]"));
  }
  if (path == "/dashboard") {
    response.content_language = "en";
    response = Finished(std::move(response), 302);
    response.Add("Location", "/dashboard/");
    return response;
  }
  // The pages are not part of the server's REST API and were not there when it was measured [07].
  if (absl::StartsWith(path, "/dashboard/") || absl::EndsWith(path, "/accept-certificate")) {
    response.content_language = "en";
  }
  if (credentials == Credentials::kNone) {
    return Unauthorized(request, credentials, std::move(response));
  }
  return Finished(std::move(response), 403);
}

HttpResponse RestFront::AnswerWebSocketPath(const HttpRequest& request, const std::string& path,
                                            HttpResponse response) {
  if (path == "/openvidu") {
    AddIfAny("Set-Cookie", login_sessions_.CookieForEverybody(request), &response);
  }
  if (request.method != "GET") {
    response.Add("Allow", "GET");
    return Finished(std::move(response), 405);
  }
  if (request.HasToken("upgrade", "websocket")) {
    response.content_type = "text/plain;charset=UTF-8";
    response.body =
        "The OpenVidu emulator has no WebSocket endpoint. Participants join by its control "
        "surface: see "
        "emulator/README.md.\n";
    return Finished(std::move(response), 501);
  }
  response.body = R"(Can "Upgrade" only to "WebSocket".)";
  return Finished(std::move(response), 400);
}

}  // namespace openvidu::emulator
