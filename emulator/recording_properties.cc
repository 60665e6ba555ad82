#include "emulator/recording_properties.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "emulator/body_fields.h"
#include "emulator/enums.h"
#include "emulator/media_node.h"

namespace openvidu::emulator {
namespace {

constexpr absl::string_view kOutputModes[] = {"COMPOSED", "COMPOSED_QUICK_START", "INDIVIDUAL"};
constexpr absl::string_view kLayouts[] = {"BEST_FIT", "PICTURE_IN_PICTURE", "VERTICAL_PRESENTATION",
                                          "HORIZONTAL_PRESENTATION", "CUSTOM"};
constexpr int64_t kMinShmSize = 134217728;

bool IsValidName(absl::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '~';
  });
}

// 100…1999 without a leading zero.
bool IsValidSide(absl::string_view side) {
  if (!std::all_of(side.begin(), side.end(), absl::ascii_isdigit)) return false;
  return (side.size() == 3 && side[0] != '0') || (side.size() == 4 && side[0] == '1');
}

bool IsValidResolution(absl::string_view resolution) {
  const size_t x = resolution.find('x');
  return x != absl::string_view::npos && IsValidSide(resolution.substr(0, x)) &&
         IsValidSide(resolution.substr(x + 1));
}

bool IsComposed(const RecordingProperties& properties) {
  return properties.output_mode != "INDIVIDUAL";
}

absl::Status ReadMediaNode(const Json& media_node, RecordingProperties* properties) {
  absl::StatusOr<std::string> id = ReadMediaNodeId(media_node, JavaTypes::kGson);
  if (absl::IsFailedPrecondition(id.status())) {
    return absl::InvalidArgumentError(id.status().message());
  }
  if (!id.ok() && !media_node.is_string()) {
    return absl::InvalidArgumentError("Wrong 'mediaNode' parameter. Wrong type");
  }
  properties->media_node = id.ok() ? *std::move(id) : media_node.text();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RecordingProperties> ReadRecordingProperties(const Json& json) {
  BodyFields fields(json, JavaTypes::kGson, kTypeErrorPrefix);
  fields.String("session");  // must be a string, though nothing is done with it
  const auto name = fields.String("name");
  const auto has_audio = fields.Boolean("hasAudio");
  const auto has_video = fields.Boolean("hasVideo");
  const auto output_mode = fields.String("outputMode");
  const auto layout = fields.String("recordingLayout");
  const auto resolution = fields.String("resolution");
  const Json* frame_rate = fields.Number("frameRate");
  const Json* shm_size = fields.Number("shmSize");
  const auto custom_layout = fields.String("customLayout");
  const auto ignore_failed_streams = fields.Boolean("ignoreFailedStreams");
  if (!fields.status().ok()) return fields.status();

  RecordingProperties properties;
  properties.name = name.value_or("");
  if (!IsValidName(properties.name)) {
    return absl::InvalidArgumentError(
        "Parameter 'name' is wrong. Must be an alphanumeric string [a-zA-Z0-9_-~]+");
  }
  properties.has_audio = has_audio.value_or(true);
  properties.has_video = has_video.value_or(true);
  if (!properties.has_audio && !properties.has_video) {
    return absl::InvalidArgumentError(
        R"(Cannot start a recording with both "hasAudio" and "hasVideo" set to false)");
  }
  if (output_mode.has_value()) {
    if (!IsOneOf(*output_mode, kOutputModes)) {
      return absl::InvalidArgumentError("Type error in parameter 'outputMode'");
    }
    properties.output_mode = *output_mode;
  }
  properties.ignore_failed_streams = ignore_failed_streams.value_or(false);
  if (!IsComposed(properties)) return properties;

  if (layout.has_value()) {
    if (!IsOneOf(*layout, kLayouts)) {
      return absl::InvalidArgumentError("Type error in parameter 'recordingLayout'");
    }
    properties.recording_layout = *layout;
  }
  if (resolution.has_value()) {
    if (!IsValidResolution(*resolution)) {
      return absl::InvalidArgumentError(
          "Wrong 'resolution' parameter. Acceptable values from 100 to 1999 for both width and "
          "height");
    }
    properties.resolution = *resolution;
  }
  // Gson made every number a double by now, so both are clamped and never wrap.
  if (frame_rate != nullptr) {
    properties.frame_rate = JavaIntValue(GsonNumber(*frame_rate));
    if (properties.frame_rate < 1 || properties.frame_rate > 120) {
      return absl::InvalidArgumentError(
          "Wrong 'frameRate' parameter. Acceptable values are within range [1,120]");
    }
  }
  if (shm_size != nullptr) {
    properties.shm_size = JavaLongValue(GsonNumber(*shm_size));
    if (properties.shm_size < kMinShmSize) {
      return absl::InvalidArgumentError(
          "Wrong 'shmSize' parameter. Must be 134217728 (128 MB) minimum");
    }
  }
  properties.custom_layout = custom_layout.value_or("");
  if (const Json* media_node = json.Find("mediaNode")) {
    if (absl::Status status = ReadMediaNode(*media_node, &properties); !status.ok()) return status;
  }
  return properties;
}

void AppendJson(const RecordingProperties& properties, std::string* out) {
  absl::StrAppend(out, R"({"name":)", JsonString(properties.name), R"(,"hasAudio":)",
                  properties.has_audio ? "true" : "false", R"(,"hasVideo":)",
                  properties.has_video ? "true" : "false", R"(,"outputMode":)",
                  JsonString(properties.output_mode));
  if (IsComposed(properties) && properties.has_video) {
    absl::StrAppend(out, R"(,"recordingLayout":)", JsonString(properties.recording_layout),
                    R"(,"resolution":)", JsonString(properties.resolution), R"(,"frameRate":)",
                    properties.frame_rate, R"(,"shmSize":)", properties.shm_size);
    if (properties.recording_layout == "CUSTOM") {
      absl::StrAppend(out, R"(,"customLayout":)", JsonString(properties.custom_layout));
    }
  }
  if (!IsComposed(properties)) {
    absl::StrAppend(out, R"(,"ignoreFailedStreams":)",
                    properties.ignore_failed_streams ? "true" : "false");
  }
  if (!properties.media_node.empty()) {
    absl::StrAppend(out, R"(,"mediaNode":)", JsonString(properties.media_node));
  }
  out->push_back('}');
}

}  // namespace openvidu::emulator
