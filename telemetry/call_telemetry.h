#ifndef TELEMETRY_CALL_TELEMETRY_H_
#define TELEMETRY_CALL_TELEMETRY_H_

#include "common/access_log.h"
#include "telemetry/tracer.h"

namespace openvidu::token {

/// What a door tells of each request that comes by it.
struct CallTelemetry {
  AccessLog* access_log = nullptr;  ///< Null: none.
  const Tracer* tracer = nullptr;   ///< Null: no spans are made.

  bool has_lines() const { return access_log != nullptr && access_log->enabled(); }
};

}  // namespace openvidu::token

#endif  // TELEMETRY_CALL_TELEMETRY_H_
