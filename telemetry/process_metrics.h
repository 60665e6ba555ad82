#ifndef TELEMETRY_PROCESS_METRICS_H_
#define TELEMETRY_PROCESS_METRICS_H_

#include "telemetry/metrics.h"

namespace openvidu::token {

/// Adds what this process uses, by the names that all of Prometheus's client libraries have
/// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics), and what it is
/// built of. What the system does not tell is left out. Looks at every open descriptor.
void AddProcessMetrics(Readings& readings);

}  // namespace openvidu::token

#endif  // TELEMETRY_PROCESS_METRICS_H_
