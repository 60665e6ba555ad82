#ifndef TELEMETRY_TRACING_FLAGS_H_
#define TELEMETRY_TRACING_FLAGS_H_

#include "telemetry/tracing.h"

namespace openvidu::token {

/// The options of traces, from flags and environment. `program` is the service's name where
/// $OTEL_SERVICE_NAME and $OTEL_RESOURCE_ATTRIBUTES say none.
TracingOptions TracingOptionsFromFlags(absl::string_view program);

}  // namespace openvidu::token

#endif  // TELEMETRY_TRACING_FLAGS_H_
