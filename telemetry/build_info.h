#ifndef TELEMETRY_BUILD_INFO_H_
#define TELEMETRY_BUILD_INFO_H_

namespace openvidu::token {

/// The commit that this program is built of, as Git abbreviates it, or "unknown". In a file of its
/// own, so that a commit compiles nothing else anew.
const char* BuildRevision();

}  // namespace openvidu::token

#endif  // TELEMETRY_BUILD_INFO_H_
