#ifndef TELEMETRY_METRICS_FLAGS_H_
#define TELEMETRY_METRICS_FLAGS_H_

#include <string>

namespace openvidu::token {

/// Where the programs that have metrics show them: --metrics_address. Empty: nowhere.
std::string MetricsAddressFromFlags();

}  // namespace openvidu::token

#endif  // TELEMETRY_METRICS_FLAGS_H_
