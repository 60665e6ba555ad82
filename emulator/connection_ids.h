#ifndef EMULATOR_CONNECTION_IDS_H_
#define EMULATOR_CONNECTION_IDS_H_

#include <string>

#include "absl/types/optional.h"

namespace openvidu::emulator {

/// Returns the connection id that `data` asks for, OpenVidu's development feature (openvidu-rest.md
/// §4 "Ids"): where it is the text of a JSON object with `openviduCustomConnectionId`.
absl::optional<std::string> CustomConnectionId(const std::string& data);

/// Makes an IP camera's connection id, `ipc_IPCAM_<scheme>_<4 random>_<host, port and path>`, and
/// finds its address, which stays absent where the host's name does not resolve. `rtsp_uri` was
/// checked before.
void IdentifyIpcam(const std::string& rtsp_uri, std::string* id, absl::optional<std::string>* ip);

}  // namespace openvidu::emulator

#endif  // EMULATOR_CONNECTION_IDS_H_
