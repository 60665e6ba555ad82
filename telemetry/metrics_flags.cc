#include "telemetry/metrics_flags.h"

#include "absl/flags/flag.h"

ABSL_FLAG(
    std::string, metrics_address, "",
    "host:port that metrics for Prometheus are served on, at /metrics, by plain HTTP, such as "
    "0.0.0.0:9464; port 0 for any free one; not for callers to reach. Empty: nothing is "
    "measured.");

namespace openvidu::token {

std::string MetricsAddressFromFlags() { return absl::GetFlag(FLAGS_metrics_address); }

}  // namespace openvidu::token
