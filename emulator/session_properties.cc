#include "emulator/session_properties.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "emulator/body_fields.h"
#include "emulator/enums.h"
#include "emulator/media_node.h"

namespace openvidu::emulator {
namespace {

constexpr absl::string_view kMediaModes[] = {"ROUTED", "RELAYED"};
constexpr absl::string_view kRecordingModes[] = {"ALWAYS", "MANUAL"};
constexpr absl::string_view kVideoCodecs[] = {"MEDIA_SERVER_PREFERRED", "NONE", "VP8", "VP9",
                                              "H264"};

std::string NoEnumConstant(absl::string_view enum_name, absl::string_view value) {
  return absl::StrCat("No enum constant io.openvidu.java.client.", enum_name, ".", value);
}

absl::Status NotValid(absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat("Some parameter is not valid. ", message));
}

bool IsValidCustomSessionId(absl::string_view id) {
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
}

absl::Status ReadDefaultRecordingProperties(const Json& json, SessionProperties* properties) {
  if (!json.is_object() || HoldsInfinity(json)) {
    return NotValid(
        "Error in parameter 'defaultRecordingProperties'. It is not a valid JSON object");
  }
  absl::StatusOr<RecordingProperties> recording = ReadRecordingProperties(json);
  if (!recording.ok()) {
    return NotValid(absl::StrCat("Parameter 'defaultRecordingProperties' is not valid: ",
                                 recording.status().message()));
  }
  properties->default_recording_properties = *std::move(recording);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SessionProperties> ReadSessionProperties(const Json& body) {
  BodyFields fields(body, JavaTypes::kJackson, kTypeErrorPrefix);
  const auto media_mode = fields.String("mediaMode");
  const auto recording_mode = fields.String("recordingMode");
  const auto custom_session_id = fields.String("customSessionId");
  const auto forced_video_codec = fields.String("forcedVideoCodec");
  const auto allow_transcoding = fields.Boolean("allowTranscoding");
  if (!fields.status().ok()) return fields.status();

  SessionProperties properties;
  if (forced_video_codec.has_value()) {
    if (!IsOneOf(*forced_video_codec, kVideoCodecs)) {
      return absl::InvalidArgumentError(
          absl::StrCat("Invalid value for parameter 'forcedVideoCodec': ",
                       NoEnumConstant("VideoCodec", *forced_video_codec)));
    }
    properties.forced_video_codec = *forced_video_codec;
  }
  if (recording_mode.has_value()) {
    if (!IsOneOf(*recording_mode, kRecordingModes)) {
      return NotValid(NoEnumConstant("RecordingMode", *recording_mode));
    }
    properties.recording_mode = *recording_mode;
  }
  if (media_mode.has_value()) {
    if (!IsOneOf(*media_mode, kMediaModes)) {
      return NotValid(NoEnumConstant("MediaMode", *media_mode));
    }
    properties.media_mode = *media_mode;
  }
  properties.custom_session_id = custom_session_id.value_or("");
  if (!IsValidCustomSessionId(properties.custom_session_id)) {
    return NotValid(
        "Parameter 'customSessionId' is wrong. Must be an alphanumeric string [a-zA-Z0-9_-]");
  }
  properties.allow_transcoding = allow_transcoding.value_or(false);
  if (const Json* recording = body.Find("defaultRecordingProperties")) {
    const absl::Status status = ReadDefaultRecordingProperties(*recording, &properties);
    if (!status.ok()) return status;
  }
  if (const Json* media_node = body.Find("mediaNode")) {
    absl::StatusOr<std::string> id = ReadMediaNodeId(*media_node, JavaTypes::kJackson);
    // Java's IllegalStateException slips through the place that adds the prefix ([02]
    // mediaNode.id=null).
    if (absl::IsFailedPrecondition(id.status())) {
      return absl::InvalidArgumentError(id.status().message());
    }
    if (!id.ok()) return NotValid(id.status().message());
    properties.media_node = *std::move(id);
  }
  return properties;
}

void AppendMembers(const SessionProperties& properties, std::string* out) {
  absl::StrAppend(out, R"("mediaMode":)", JsonString(properties.media_mode), R"(,"recordingMode":)",
                  JsonString(properties.recording_mode), R"(,"defaultRecordingProperties":)");
  AppendJson(properties.default_recording_properties, out);
  absl::StrAppend(out, R"(,"customSessionId":)", JsonString(properties.custom_session_id));
  if (!properties.media_node.empty()) {
    absl::StrAppend(out, R"(,"mediaNode":{"id":)", JsonString(properties.media_node), "}");
  }
  absl::StrAppend(out, R"(,"forcedVideoCodec":)", JsonString(properties.forced_video_codec),
                  R"(,"allowTranscoding":)", properties.allow_transcoding ? "true" : "false");
}

}  // namespace openvidu::emulator
