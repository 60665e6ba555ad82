#include "absl/strings/str_cat.h"
#include "emulator/api.h"

namespace openvidu::emulator {
namespace {

constexpr char kVersion[] = "2.32.2";
constexpr char kRecordingPath[] = "/opt/openvidu/recordings/";

}  // namespace

std::string PublicUrl(absl::string_view scheme, const ApiConfig& config) {
  return absl::StrCat(scheme, "://", config.domain,
                      config.https_port == 443 ? "" : absl::StrCat(":", config.https_port));
}

ApiAnswer Api::GetConfig(Endpoint endpoint) const {
  const std::string public_url = PublicUrl("https", config_);
  switch (endpoint) {
    case Endpoint::kConfigVersion:
      return ApiAnswer::Text(kVersion);
    case Endpoint::kConfigPublicUrl:
      return ApiAnswer::Text(public_url + "/");
    case Endpoint::kConfigRecordingPath:
      return ApiAnswer::Text(kRecordingPath);
    case Endpoint::kConfigRecording:
    case Endpoint::kConfigCdr:
      return {.kind = ApiAnswer::Kind::kChunkedJson, .body = "false"};
    default:
      break;
  }
  // Key order: openvidu-rest.md §5 "Config keys". Everything that is not an option has OpenVidu's
  // default.
  return ApiAnswer::JsonText(absl::StrCat(
      R"({"VERSION":")", kVersion, R"(","DOMAIN_OR_PUBLIC_IP":)", JsonString(config_.domain),
      R"(,"HTTPS_PORT":)", config_.https_port, R"(,"OPENVIDU_PUBLICURL":)", JsonString(public_url),
      R"(,"OPENVIDU_CDR":false,"OPENVIDU_STREAMS_VIDEO_MAX_RECV_BANDWIDTH":1000,)",
      R"("OPENVIDU_STREAMS_VIDEO_MIN_RECV_BANDWIDTH":300,"OPENVIDU_STREAMS_VIDEO_MAX_SEND_BANDWIDTH":1000,)",
      R"("OPENVIDU_STREAMS_VIDEO_MIN_SEND_BANDWIDTH":300,)",
      R"("OPENVIDU_STREAMS_FORCED_VIDEO_CODEC":"MEDIA_SERVER_PREFERRED",)",
      R"("OPENVIDU_STREAMS_ALLOW_TRANSCODING":false,"OPENVIDU_WEBRTC_SIMULCAST":false,)",
      R"("OPENVIDU_SESSIONS_GARBAGE_INTERVAL":)", absl::ToInt64Seconds(config_.garbage_interval),
      R"(,"OPENVIDU_SESSIONS_GARBAGE_THRESHOLD":)", absl::ToInt64Seconds(config_.garbage_threshold),
      R"(,"OPENVIDU_RECORDING":false,"OPENVIDU_WEBHOOK":false})"));
}

}  // namespace openvidu::emulator
