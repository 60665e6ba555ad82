#include "telemetry/build_info.h"

#include "telemetry/revision.h"

namespace openvidu::token {

const char* BuildRevision() { return TOKEN_REVISION; }

}  // namespace openvidu::token
