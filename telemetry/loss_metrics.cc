#include "telemetry/loss_metrics.h"

namespace openvidu::token {

void WatchLosses(Metrics& metrics, Logging& logging, const Tracing& tracing) {
  metrics.AddSource([&logging, &tracing](Readings& readings) {
    AddLogLinesDropped(readings, "program", logging.dropped());
    AddLogLinesDropped(readings, "access", logging.access_log().dropped());
    readings.Counter("openvidu_token_spans_dropped_total", "Spans that were lost.",
                     static_cast<double>(tracing.dropped()));
  });
}

}  // namespace openvidu::token
