#ifndef EMULATOR_CONNECTION_PROPERTIES_H_
#define EMULATOR_CONNECTION_PROPERTIES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "emulator/ice_server.h"
#include "emulator/json.h"
#include "emulator/kurento_options.h"

namespace openvidu::emulator {

/// What a connection was created with, defaults filled in (openvidu-rest.md §4). The fields of the
/// other type are absent and answered as null.
struct ConnectionProperties {
  bool is_ipcam = false;
  std::string data;
  bool record = true;
  absl::optional<std::string> role;
  absl::optional<KurentoOptions> kurento_options;
  std::vector<IceServer> custom_ice_servers;
  absl::optional<std::string> rtsp_uri;
  absl::optional<bool> adaptative_bitrate;
  absl::optional<bool> only_play_with_subscribers;
  absl::optional<int32_t> network_cache;
};

/// Reads and checks the body of POST …/connection, an object, in OpenVidu's order.
/// Errors: kInvalidArgument with OpenVidu's message.
absl::StatusOr<ConnectionProperties> ReadConnectionProperties(const Json& body, absl::Time now);

/// Appends `"type":…` to `"serverData":…`, the middle of a connection's JSON, without braces.
void AppendMembers(const ConnectionProperties& properties, std::string* out);

/// Returns `value` as JSON, or `null`.
std::string JsonOrNull(const absl::optional<bool>& value);
std::string JsonOrNull(const absl::optional<int32_t>& value);
std::string JsonOrNull(const absl::optional<std::string>& value);

}  // namespace openvidu::emulator

#endif  // EMULATOR_CONNECTION_PROPERTIES_H_
