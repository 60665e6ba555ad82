#include "emulator/api.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "emulator/api_body.h"
#include "emulator/connection_properties.h"
#include "emulator/request_rules.h"
#include "emulator/session_properties.h"

namespace openvidu::emulator {
namespace {

// Lists and single sessions answer 404 for a session that does not exist, single connections and
// streams 400 (openvidu-rest.md §0, fact 10).
constexpr int kNoSessionOfList = 404;
constexpr int kNoSessionOfMember = 400;

ApiAnswer FromStatus(const absl::Status& status, int no_session) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ApiAnswer::Empty(204);
    case absl::StatusCode::kAlreadyExists:
      return ApiAnswer::Empty(409);
    case absl::StatusCode::kFailedPrecondition:
      return ApiAnswer::Empty(no_session);
    case absl::StatusCode::kUnimplemented:
      return ApiAnswer::Empty(405);
    default:
      return ApiAnswer::Empty(404);
  }
}

ApiAnswer FromJson(absl::StatusOr<std::string> json, int no_session) {
  return json.ok() ? ApiAnswer::JsonText(*std::move(json)) : FromStatus(json.status(), no_session);
}

std::string ConnectionPath(const std::string& session_id) {
  return absl::StrCat("/sessions/", session_id, "/connection");
}

// The statistics themselves need a media server, but the parameter is checked.
bool AreQueryBooleansValid(const HttpRequest& request, bool pending_by_default,
                           bool* with_pending) {
  const absl::StatusOr<bool> pending =
      QueryBoolean(request.query, "pendingConnections", pending_by_default);
  *with_pending = pending.value_or(false);
  return pending.ok() && QueryBoolean(request.query, "webRtcStats", false).ok();
}

}  // namespace

Api::Api(SessionStore& store, ApiConfig config, std::function<absl::Time()> clock)
    : store_(store), config_(std::move(config)), clock_(std::move(clock)) {}

ApiAnswer Api::Answer(const Route& route, const HttpRequest& request, RequestBody& body) {
  const std::vector<std::string>& ids = route.parameters;
  switch (route.endpoint) {
    case Endpoint::kPostSessions:
      return PostSessions(request, body);
    case Endpoint::kGetSessions:
    case Endpoint::kGetSession:
      return GetSessions(route, request);
    case Endpoint::kDeleteSession:
      return FromStatus(store_.DeleteSession(ids[0]), kNoSessionOfList);
    case Endpoint::kPostConnection:
      return PostConnection(ids[0], request, body);
    case Endpoint::kGetConnections:
      return GetConnections(ids[0], request);
    case Endpoint::kGetConnection:
      return FromJson(store_.ConnectionJson(ids[0], ids[1]), kNoSessionOfMember);
    case Endpoint::kDeleteConnection:
      return FromStatus(store_.DeleteConnection(ids[0], ids[1]), kNoSessionOfMember);
    case Endpoint::kDeleteStream:
      return FromStatus(store_.DeleteStream(ids[0], ids[1]), kNoSessionOfMember);
    case Endpoint::kPostTokens:
      return PostTokens(request, body);
    case Endpoint::kPostSignal:
      return PostSignal(request, body);
    case Endpoint::kRecordings:
      return ApiAnswer::Empty(501);
    case Endpoint::kPostRecordings:
      return PostRecordings(request, body);
    case Endpoint::kNone:
    case Endpoint::kWrongMethod:
    case Endpoint::kOptions:
      return ApiAnswer::Masked();
    default:
      return GetConfig(route.endpoint);
  }
}

ApiAnswer Api::PostSessions(const HttpRequest& request, RequestBody& body) {
  Json json;
  ApiAnswer answer;
  if (!ReadBodyObject(request, body, /*is_optional=*/true, &json, &answer)) return answer;
  const absl::StatusOr<SessionProperties> properties = ReadSessionProperties(json);
  if (!properties.ok()) return ApiAnswer::Error(400, properties.status().message(), "/sessions");
  return FromJson(store_.CreateSession(*properties), kNoSessionOfList);
}

ApiAnswer Api::GetSessions(const Route& route, const HttpRequest& request) {
  bool with_pending = false;
  if (!AreQueryBooleansValid(request, /*pending_by_default=*/false, &with_pending)) {
    return ApiAnswer::Masked();
  }
  if (route.endpoint == Endpoint::kGetSessions) {
    return ApiAnswer::JsonText(store_.SessionsJson(with_pending));
  }
  return FromJson(store_.SessionJson(route.parameters[0], with_pending), kNoSessionOfList);
}

ApiAnswer Api::PostConnection(const std::string& session_id, const HttpRequest& request,
                              RequestBody& body) {
  Json json;
  ApiAnswer answer;
  if (!ReadBodyObject(request, body, /*is_optional=*/true, &json, &answer)) return answer;
  if (!store_.HasSession(session_id)) {
    return ApiAnswer::Empty(404);  // goes before a wrong parameter
  }
  const absl::StatusOr<ConnectionProperties> properties = ReadConnectionProperties(json, clock_());
  if (!properties.ok()) {
    return ApiAnswer::Error(400, properties.status().message(), ConnectionPath(session_id));
  }
  return FromJson(properties->is_ipcam ? store_.CreateIpcamConnection(session_id, *properties)
                                       : store_.CreateWebrtcConnection(session_id, *properties),
                  kNoSessionOfList);
}

ApiAnswer Api::GetConnections(const std::string& session_id, const HttpRequest& request) {
  bool with_pending = false;
  if (!AreQueryBooleansValid(request, /*pending_by_default=*/true, &with_pending)) {
    return ApiAnswer::Masked();
  }
  return FromJson(store_.ConnectionsJson(session_id, with_pending), kNoSessionOfList);
}

ApiAnswer Api::PostTokens(const HttpRequest& request, RequestBody& body) {
  constexpr char kPath[] = "/tokens";
  Json json;
  ApiAnswer answer;
  if (!ReadBodyObject(request, body, /*is_optional=*/false, &json, &answer)) return answer;
  const Json* session = json.Find("session");
  if (session == nullptr) return ApiAnswer::Error(400, "\"session\" parameter is mandatory", kPath);
  if (!session->is_string()) return ApiAnswer::Error(400, "Type error in some parameter", kPath);
  const std::string session_id = session->text();
  if (!store_.HasSession(session_id)) {
    return ApiAnswer::Error(404, absl::StrCat("Session ", session_id, " not found"), kPath);
  }
  json.Erase("record");
  absl::StatusOr<ConnectionProperties> properties = ReadConnectionProperties(json, clock_());
  if (!properties.ok()) {
    return ApiAnswer::Error(400, properties.status().message(), ConnectionPath(session_id));
  }
  if (!properties->is_ipcam) {
    return FromJson(store_.CreateToken(session_id, *properties), kNoSessionOfList);
  }
  // The real one makes a WEBRTC connection without a role and then stumbles over that; the
  // connection stays [09].
  ConnectionProperties without_role;
  without_role.data = properties->data;
  store_.CreateToken(session_id, without_role).IgnoreError();
  return ApiAnswer::Masked();
}

ApiAnswer Api::PostRecordings(const HttpRequest& request, RequestBody& body) {
  Json json;
  ApiAnswer answer;
  if (!ReadBodyObject(request, body, /*is_optional=*/false, &json, &answer)) return answer;
  return ApiAnswer::Empty(501);
}

}  // namespace openvidu::emulator
