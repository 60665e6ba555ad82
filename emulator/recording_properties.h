#ifndef EMULATOR_RECORDING_PROPERTIES_H_
#define EMULATOR_RECORDING_PROPERTIES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "emulator/json.h"

namespace openvidu::emulator {

/// A session's defaultRecordingProperties with their defaults (openvidu-rest.md §3).
struct RecordingProperties {
  std::string name;
  bool has_audio = true;
  bool has_video = true;
  std::string output_mode = "COMPOSED";
  std::string recording_layout = "BEST_FIT";
  std::string resolution = "1280x720";
  int32_t frame_rate = 25;
  int64_t shm_size = 536870912;
  std::string custom_layout;
  bool ignore_failed_streams = false;
  std::string media_node;
};

/// Reads and checks `json`, an object, in OpenVidu's order.
/// Errors: kInvalidArgument with OpenVidu's message.
absl::StatusOr<RecordingProperties> ReadRecordingProperties(const Json& json);

/// Appends the JSON that OpenVidu answers: only the fields that apply to the output mode.
void AppendJson(const RecordingProperties& properties, std::string* out);

}  // namespace openvidu::emulator

#endif  // EMULATOR_RECORDING_PROPERTIES_H_
