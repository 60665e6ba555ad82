#ifndef EMULATOR_ICE_SERVER_H_
#define EMULATOR_ICE_SERVER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "emulator/json.h"

namespace openvidu::emulator {

/// One of a connection's customIceServers, as answered.
struct IceServer {
  std::string url;
  std::string username;    ///< Empty: not answered.
  std::string credential;  ///< Empty: not answered.
};

/// Reads and checks `json` (openvidu-rest.md §4 "ICE"). `now` dates the credentials that a
/// staticAuthSecret yields, which are valid for 24 h. Errors: kInvalidArgument with OpenVidu's
/// message.
absl::StatusOr<std::vector<IceServer>> ReadIceServers(const Json& json, absl::Time now);

void AppendJson(const std::vector<IceServer>& servers, std::string* out);

}  // namespace openvidu::emulator

#endif  // EMULATOR_ICE_SERVER_H_
