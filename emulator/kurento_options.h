#ifndef EMULATOR_KURENTO_OPTIONS_H_
#define EMULATOR_KURENTO_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "emulator/json.h"

namespace openvidu::emulator {

/// A connection's kurentoOptions; what is absent is not answered.
struct KurentoOptions {
  absl::optional<int32_t> video_max_recv_bandwidth;
  absl::optional<int32_t> video_min_recv_bandwidth;
  absl::optional<int32_t> video_max_send_bandwidth;
  absl::optional<int32_t> video_min_send_bandwidth;
  std::vector<std::string> allowed_filters;
};

/// Reads `json` with Gson's leniency: "7", 1.9 and ["5"] are numbers (openvidu-rest.md §4).
/// Errors: kInvalidArgument with OpenVidu's message.
absl::StatusOr<KurentoOptions> ReadKurentoOptions(const Json& json);

void AppendJson(const KurentoOptions& options, std::string* out);

}  // namespace openvidu::emulator

#endif  // EMULATOR_KURENTO_OPTIONS_H_
