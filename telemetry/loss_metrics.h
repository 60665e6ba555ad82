#ifndef TELEMETRY_LOSS_METRICS_H_
#define TELEMETRY_LOSS_METRICS_H_

#include "telemetry/logging.h"
#include "telemetry/metrics.h"
#include "telemetry/tracing.h"

namespace openvidu::token {

/// Adds what the logs and the traces lost, since nobody waits for where they go. Both outlive the
/// last Text().
void WatchLosses(Metrics& metrics, Logging& logging, const Tracing& tracing);

}  // namespace openvidu::token

#endif  // TELEMETRY_LOSS_METRICS_H_
