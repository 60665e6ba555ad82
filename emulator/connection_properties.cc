#include "emulator/connection_properties.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "emulator/body_fields.h"
#include "emulator/enums.h"
#include "emulator/java_uri.h"

namespace openvidu::emulator {
namespace {

constexpr absl::string_view kTypes[] = {"WEBRTC", "IPCAM"};
constexpr absl::string_view kRoles[] = {"SUBSCRIBER", "PUBLISHER", "MODERATOR"};
constexpr absl::string_view kRtspSchemes[] = {"file", "rtsp", "rtsps", "http", "https"};

absl::Status ReadWebrtc(const Json& body, absl::Time now, ConnectionProperties* properties) {
  BodyFields fields(body, JavaTypes::kJackson, "Type error in parameter 'role': ");
  properties->role = fields.String("role").value_or("PUBLISHER");
  if (!fields.status().ok()) return fields.status();
  if (!IsOneOf(*properties->role, kRoles)) {
    return absl::InvalidArgumentError(
        absl::StrCat("Parameter role ", *properties->role, " is not defined"));
  }
  if (const Json* json = body.Find("kurentoOptions")) {
    absl::StatusOr<KurentoOptions> options = ReadKurentoOptions(*json);
    if (!options.ok()) return options.status();
    properties->kurento_options = *std::move(options);
  }
  if (const Json* json = body.Find("customIceServers")) {
    absl::StatusOr<std::vector<IceServer>> servers = ReadIceServers(*json, now);
    if (!servers.ok()) return servers.status();
    properties->custom_ice_servers = *std::move(servers);
  }
  return absl::OkStatus();
}

absl::Status ReadIpcam(const Json& body, ConnectionProperties* properties) {
  BodyFields fields(body, JavaTypes::kJackson, kTypeErrorPrefix);
  properties->rtsp_uri = fields.String("rtspUri");
  properties->adaptative_bitrate = fields.Boolean("adaptativeBitrate").value_or(true);
  properties->only_play_with_subscribers = fields.Boolean("onlyPlayWithSubscribers").value_or(true);
  const Json* network_cache = fields.Number("networkCache");
  if (!fields.status().ok()) return fields.status();
  properties->network_cache = network_cache == nullptr ? 2000 : JavaIntValue(*network_cache);
  if (!properties->rtsp_uri.has_value()) {
    // What java.net.URI's parser says of null.
    return absl::InvalidArgumentError(absl::StrCat(
        kTypeErrorPrefix, "Cannot invoke \"String.length()\" because \"this.input\" is null"));
  }
  const absl::StatusOr<JavaUri> uri = ParseJavaUri(*properties->rtsp_uri);
  constexpr absl::string_view kPrefix = "Error in parameter 'rtspUri': ";
  if (!uri.ok()) return absl::InvalidArgumentError(absl::StrCat(kPrefix, uri.status().message()));
  if (!IsOneOf(uri->scheme.value_or(""), kRtspSchemes)) {
    return absl::InvalidArgumentError(absl::StrCat(
        kPrefix, "RTSP URI does not contain a valid protocol [file, rtsp, rtsps, http, https]"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ConnectionProperties> ReadConnectionProperties(const Json& body, absl::Time now) {
  BodyFields fields(body, JavaTypes::kJackson, kTypeErrorPrefix);
  const std::string type = fields.String("type").value_or("WEBRTC");
  ConnectionProperties properties;
  properties.data = fields.String("data").value_or("");
  if (!fields.status().ok()) return fields.status();
  if (!IsOneOf(type, kTypes)) {
    return absl::InvalidArgumentError(absl::StrCat("Parameter 'type' ", type, " is not defined"));
  }
  properties.is_ipcam = type == "IPCAM";
  const absl::Status status =
      properties.is_ipcam ? ReadIpcam(body, &properties) : ReadWebrtc(body, now, &properties);
  if (!status.ok()) return status;

  BodyFields last(body, JavaTypes::kJackson, "Type error in parameter 'record': ");
  properties.record = last.Boolean("record").value_or(true);
  if (!last.status().ok()) return last.status();
  return properties;
}

std::string JsonOrNull(const absl::optional<bool>& value) {
  return !value.has_value() ? "null" : *value ? "true" : "false";
}

std::string JsonOrNull(const absl::optional<int32_t>& value) {
  return value.has_value() ? absl::StrCat(*value) : "null";
}

std::string JsonOrNull(const absl::optional<std::string>& value) {
  return value.has_value() ? JsonString(*value) : "null";
}

void AppendMembers(const ConnectionProperties& properties, std::string* out) {
  absl::StrAppend(out, R"("type":)", properties.is_ipcam ? R"("IPCAM")" : R"("WEBRTC")",
                  R"(,"record":)", properties.record ? "true" : "false", R"(,"role":)",
                  JsonOrNull(properties.role), R"(,"kurentoOptions":)");
  if (properties.kurento_options.has_value()) {
    AppendJson(*properties.kurento_options, out);
  } else {
    out->append("null");
  }
  out->append(R"(,"customIceServers":)");
  AppendJson(properties.custom_ice_servers, out);
  absl::StrAppend(out, R"(,"rtspUri":)", JsonOrNull(properties.rtsp_uri),
                  R"(,"adaptativeBitrate":)", JsonOrNull(properties.adaptative_bitrate),
                  R"(,"onlyPlayWithSubscribers":)",
                  JsonOrNull(properties.only_play_with_subscribers), R"(,"networkCache":)",
                  JsonOrNull(properties.network_cache), R"(,"serverData":)");
  AppendJsonString(properties.data, out);
}

}  // namespace openvidu::emulator
