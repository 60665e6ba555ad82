#ifndef TELEMETRY_LOGGING_FLAGS_H_
#define TELEMETRY_LOGGING_FLAGS_H_

#include "telemetry/logging.h"

namespace openvidu::token {

/// The options of the logs, from flags. From now on the log has its format and its level, so that
/// what is told before Logging::Start() has them too.
LoggingOptions LoggingOptionsFromFlags();

}  // namespace openvidu::token

#endif  // TELEMETRY_LOGGING_FLAGS_H_
