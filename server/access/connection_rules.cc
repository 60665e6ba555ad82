#include "server/access/connection_rules.h"

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "proto/json_names.h"

namespace openvidu::token {
namespace {

/// "PUBLISHER", or the number where it has no name.
std::string RoleWord(int role) {
  const auto* value = v1::Role_descriptor()->FindValueByNumber(role);
  return value == nullptr ? absl::StrCat(role) : std::string(EnumWord(*value));
}

absl::Status CheckRole(const Group& group, const v1::ConnectionProperties& properties) {
  const bool is_ipcam = properties.type() == v1::CONNECTION_TYPE_IPCAM;  // which has no role
  if (properties.role() != v1::ROLE_UNSPECIFIED) {
    if (group.roles.count(properties.role()) > 0) return absl::OkStatus();
    return NotAllowed("role", absl::StrCat("role ", RoleWord(properties.role())), group.name);
  }
  if (is_ipcam || group.default_role != v1::ROLE_UNSPECIFIED) return absl::OkStatus();
  return NotAllowed("role", "a connection without a role", group.name);
}

/// The first field that only cameras have; empty where none is set.
absl::string_view CameraField(const v1::ConnectionProperties& properties) {
  if (properties.type() == v1::CONNECTION_TYPE_IPCAM) return "type";
  if (properties.has_rtsp_uri()) return "rtspUri";
  if (properties.has_adaptative_bitrate()) return "adaptativeBitrate";
  if (properties.has_only_play_with_subscribers()) return "onlyPlayWithSubscribers";
  return properties.has_network_cache() ? "networkCache" : "";
}

absl::Status CheckCamera(const Group& group, const v1::ConnectionProperties& properties,
                         Decision& decision) {
  if (!v1::ConnectionType_IsValid(properties.type())) {
    return NotAllowed("type", absl::StrCat("type ", static_cast<int>(properties.type())),
                      group.name);
  }
  const absl::string_view field = CameraField(properties);
  if (field.empty()) return absl::OkStatus();
  if (!group.ipcam.has_value()) {
    return NotAllowed(
        field, field == "type" ? "type IPCAM" : absl::StrCat("the camera property '", field, "'"),
        group.name);
  }
  if (!properties.has_rtsp_uri()) return absl::OkStatus();
  const absl::StatusOr<CameraUri> uri = CheckCameraUri(*group.ipcam, properties.rtsp_uri());
  if (!uri.ok()) {
    return Denied("rtspUri",
                  absl::StrCat("rtspUri ", uri.status().message(), " (group '", group.name, "')"));
  }
  if (!uri->host.empty()) decision.camera = {uri->host, group.ipcam->allow_private_addresses};
  return absl::OkStatus();
}

/// `limit` holds for what is asked for, and for what nobody asks for: OpenVidu's own may be more.
absl::Status CheckBandwidth(const Group& group, std::optional<int> limit, absl::string_view field,
                            bool is_set, int kbps) {
  if (!limit.has_value() || !is_set || (kbps > 0 && kbps <= *limit)) return absl::OkStatus();
  return Denied(absl::StrCat("kurentoOptions.", field),
                absl::StrCat("Group '", group.name, "' may have 1 to ", *limit, " kbit/s of ",
                             field, ", not ", kbps));
}

absl::Status CheckMedia(const Group& group, const v1::ConnectionProperties& properties) {
  if (properties.custom_ice_servers_size() > 0 && !group.custom_ice_servers) {
    return NotAllowed("customIceServers", "property 'customIceServers'", group.name);
  }
  if (!properties.has_kurento_options()) return absl::OkStatus();
  if (!group.kurento_options) {
    return NotAllowed("kurentoOptions", "property 'kurentoOptions'", group.name);
  }
  const v1::KurentoOptions& options = properties.kurento_options();
  for (const std::string& filter : options.allowed_filters()) {
    if (group.filters.count(filter) > 0) continue;
    return NotAllowed("kurentoOptions.allowedFilters",
                      absl::StrCat("filter '", Printable(filter, 100), "'"), group.name);
  }
  const auto send = group.max_video_send_kbps;
  const auto recv = group.max_video_recv_kbps;
  for (const absl::Status& status :
       {CheckBandwidth(group, send, "videoMaxSendBandwidth", options.has_video_max_send_bandwidth(),
                       options.video_max_send_bandwidth()),
        CheckBandwidth(group, recv, "videoMaxRecvBandwidth", options.has_video_max_recv_bandwidth(),
                       options.video_max_recv_bandwidth()),
        // A least of 0 is none, and no way to have more.
        CheckBandwidth(group, send, "videoMinSendBandwidth", options.video_min_send_bandwidth() > 0,
                       options.video_min_send_bandwidth()),
        CheckBandwidth(group, recv, "videoMinRecvBandwidth", options.video_min_recv_bandwidth() > 0,
                       options.video_min_recv_bandwidth())}) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void SetMedia(const Group& group, v1::ConnectionProperties& properties) {
  if (group.max_video_send_kbps.has_value() &&
      !properties.kurento_options().has_video_max_send_bandwidth()) {
    properties.mutable_kurento_options()->set_video_max_send_bandwidth(*group.max_video_send_kbps);
  }
  if (group.max_video_recv_kbps.has_value() &&
      !properties.kurento_options().has_video_max_recv_bandwidth()) {
    properties.mutable_kurento_options()->set_video_max_recv_bandwidth(*group.max_video_recv_kbps);
  }
}

}  // namespace

absl::Status ApplyConnectionRules(const Group& group, const Identity& identity,
                                  v1::ConnectionProperties& properties, Decision& decision) {
  for (const absl::Status& status : {CheckOtherProperties(group.other, properties, group.name),
                                     CheckCamera(group, properties, decision),
                                     CheckRole(group, properties), CheckMedia(group, properties)}) {
    if (!status.ok()) return status;
  }
  constexpr absl::string_view kConnectionId = "openviduCustomConnectionId";
  if (NamesConnection(properties.data()) && !group.other.Allow(kConnectionId, /*known=*/false)) {
    return NotAllowed("data", absl::StrCat("data with '", kConnectionId, "'"), group.name);
  }
  if (!group.data.members.empty()) {
    absl::StatusOr<std::string> data = group.data.Merge(properties.data(), identity);
    if (!data.ok()) {
      return Denied("data", absl::StrCat("data ", data.status().message(), "; group '", group.name,
                                         "' needs one JSON object, or nothing"));
    }
    properties.set_data(*std::move(data));
  }
  if (properties.type() == v1::CONNECTION_TYPE_IPCAM) return absl::OkStatus();
  if (properties.role() == v1::ROLE_UNSPECIFIED) properties.set_role(group.default_role);
  SetMedia(group, properties);
  return absl::OkStatus();
}

}  // namespace openvidu::token
