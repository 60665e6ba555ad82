#include "emulator/session.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace openvidu::emulator {
namespace {

// `"id":…` to `"createdAt":…`, which pending and active connections have in common.
void AppendIdentity(const Connection& connection, const std::string& session_id,
                    absl::string_view status, std::string* out) {
  const std::string id = JsonString(connection.id);
  absl::StrAppend(out, R"({"id":)", id, R"(,"object":"connection","status":")", status,
                  R"(","connectionId":)", id, R"(,"sessionId":)", JsonString(session_id),
                  R"(,"createdAt":)", connection.created_at_ms);
}

// The media of a camera as OpenVidu's IPCAM connections [05b] and openvidu-browser's publishers
// have it.
void AppendPublisherJson(const Publisher& publisher, const ConnectionProperties& properties,
                         std::string* out) {
  absl::StrAppend(out, R"({"createdAt":)", publisher.created_at_ms, R"(,"streamId":)",
                  JsonString(publisher.stream_id));
  if (properties.rtsp_uri.has_value()) {
    absl::StrAppend(out, R"(,"rtspUri":)", JsonString(*properties.rtsp_uri));
  }
  absl::StrAppend(
      out,
      R"(,"mediaOptions":{"hasAudio":true,"audioActive":true,"hasVideo":true,"videoActive":true,)");
  if (properties.is_ipcam) {
    absl::StrAppend(
        out, R"("typeOfVideo":"IPCAM","frameRate":null,"videoDimensions":null,"filter":{},)",
        R"("adaptativeBitrate":)", JsonOrNull(properties.adaptative_bitrate),
        R"(,"onlyPlayWithSubscribers":)", JsonOrNull(properties.only_play_with_subscribers),
        R"(,"networkCache":)", JsonOrNull(properties.network_cache), "}}");
  } else {
    absl::StrAppend(out, R"("typeOfVideo":"CAMERA","frameRate":30,)",
                    R"("videoDimensions":"{\"width\":640,\"height\":480}","filter":{}}})");
  }
}

}  // namespace

void AppendPendingJson(const Connection& connection, const std::string& session_id,
                       std::string* out) {
  AppendIdentity(connection, session_id, "pending", out);
  out->push_back(',');
  AppendMembers(connection.properties, out);
  absl::StrAppend(
      out, R"(,"token":)", JsonString(connection.token),
      R"(,"activeAt":null,"location":null,"ip":null,"platform":null,"clientData":null,)",
      R"("publishers":null,"subscribers":null})");
}

void AppendActiveJson(const Connection& connection, const std::string& session_id,
                      std::string* out) {
  AppendIdentity(connection, session_id, "active", out);
  absl::StrAppend(out, R"(,"activeAt":)", connection.active_at_ms, R"(,"location":"unknown","ip":)",
                  JsonOrNull(connection.ip), R"(,"platform":)", JsonString(connection.platform),
                  R"(,"token":)", connection.token.empty() ? "null" : JsonString(connection.token),
                  ",");
  AppendMembers(connection.properties, out);
  absl::StrAppend(out, R"(,"clientData":)", JsonOrNull(connection.client_data),
                  R"(,"publishers":[)");
  for (const Publisher& publisher : connection.publishers) {
    if (out->back() != '[') out->push_back(',');
    AppendPublisherJson(publisher, connection.properties, out);
  }
  out->append(R"(],"subscribers":[]})");
}

void AppendTokenJson(const Connection& connection, const std::string& session_id,
                     std::string* out) {
  const std::string token = JsonString(connection.token);
  absl::StrAppend(out, R"({"id":)", token, R"(,"token":)", token, R"(,"createdAt":)",
                  connection.created_at_ms, R"(,"connectionId":)", JsonString(connection.id),
                  R"(,"session":)", JsonString(session_id), R"(,"data":)",
                  JsonString(connection.properties.data), R"(,"role":)",
                  JsonOrNull(connection.properties.role));
  if (connection.properties.kurento_options.has_value()) {
    out->append(R"(,"kurentoOptions":)");
    AppendJson(*connection.properties.kurento_options, out);
  }
  out->push_back('}');
}

void AppendConnectionsJson(const Session& session, bool with_pending, std::string* out) {
  std::string content;
  size_t count = 0;
  const auto append = [&](const Connection& connection, auto append_json) {
    if (count++ > 0) content.push_back(',');
    append_json(connection, session.id, &content);
  };
  for (const Connection& connection : session.active) append(connection, AppendActiveJson);
  for (const Connection& connection : session.pending) {
    // A custom id can name both an active and a pending one; OpenVidu then shows the active one
    // alone.
    const bool is_active =
        std::any_of(session.active.begin(), session.active.end(),
                    [&](const Connection& other) { return other.id == connection.id; });
    if (with_pending && !is_active) append(connection, AppendPendingJson);
  }
  absl::StrAppend(out, R"({"numberOfElements":)", count, R"(,"content":[)", content, "]}");
}

void AppendSessionJson(const Session& session, bool with_pending, std::string* out) {
  const std::string id = JsonString(session.id);
  absl::StrAppend(out, R"({"id":)", id, R"(,"object":"session","sessionId":)", id,
                  R"(,"createdAt":)", session.created_at_ms,
                  R"(,"recording":false,"broadcasting":false,)");
  AppendMembers(session.properties, out);
  out->append(R"(,"connections":)");
  AppendConnectionsJson(session, with_pending, out);
  out->push_back('}');
}

}  // namespace openvidu::emulator
