#ifndef COMMON_ENVIRONMENT_H_
#define COMMON_ENVIRONMENT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Returns the environment variable `name`, or `fallback` where it is not set or empty.
std::string EnvOr(const char* name, absl::string_view fallback);

/// Returns the environment variable `name`, or "" where it is not set, and takes it out of the
/// environment, also of what /proc shows of it.
std::string TakeEnv(const char* name);

/// Returns `host:port` with the port of $SERVER_PORT, which the OpenVidu samples read, or else
/// 5000. The text is not checked here; the address flag that it becomes is.
std::string HttpAddressFromEnv();

/// Returns the folder of what a program of ours keeps between its runs: openvidu-token-service in
/// $XDG_STATE_HOME or else in $HOME/.local/state, or "" where neither is set. It may not exist.
std::string StateFolderFromEnv();

/// Returns the folder of what a person sets for our programs: openvidu-token in $XDG_CONFIG_HOME or
/// else in $HOME/.config, or "" where neither is set. It may not exist.
std::string ConfigFolderFromEnv();

}  // namespace openvidu::token

#endif  // COMMON_ENVIRONMENT_H_
