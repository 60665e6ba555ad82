#ifndef EMULATOR_SESSION_PROPERTIES_H_
#define EMULATOR_SESSION_PROPERTIES_H_

#include <string>

#include "absl/status/statusor.h"
#include "emulator/json.h"
#include "emulator/recording_properties.h"

namespace openvidu::emulator {

/// What a session was created with, defaults filled in (openvidu-rest.md §3).
struct SessionProperties {
  std::string media_mode = "ROUTED";
  std::string recording_mode = "MANUAL";
  std::string custom_session_id;  ///< Empty: the server chooses one.
  std::string forced_video_codec = "MEDIA_SERVER_PREFERRED";
  bool allow_transcoding = false;
  std::string media_node;  ///< Empty: none.
  RecordingProperties default_recording_properties;
};

/// Reads and checks the body of POST /sessions, an object, in OpenVidu's order.
/// Errors: kInvalidArgument with OpenVidu's message.
absl::StatusOr<SessionProperties> ReadSessionProperties(const Json& body);

/// Appends `"mediaMode":…` to `"allowTranscoding":…`, the middle of a session's JSON, without
/// braces.
void AppendMembers(const SessionProperties& properties, std::string* out);

}  // namespace openvidu::emulator

#endif  // EMULATOR_SESSION_PROPERTIES_H_
