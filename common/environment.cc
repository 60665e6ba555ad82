#include "common/environment.h"

#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace openvidu::token {

std::string EnvOr(const char* name, absl::string_view fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? std::string(value) : std::string(fallback);
}

// Overwrites the value in place before it is unset: unsetenv alone leaves it readable in
// /proc/<pid>/environ.
std::string TakeEnv(const char* name) {
  char* value = std::getenv(name);
  if (value == nullptr) return "";
  std::string taken = value;
  explicit_bzero(value, taken.size());
  unsetenv(name);
  return taken;
}

std::string HttpAddressFromEnv() { return absl::StrCat("0.0.0.0:", EnvOr("SERVER_PORT", "5000")); }

std::string StateFolderFromEnv() {
  std::string states = EnvOr("XDG_STATE_HOME", "");
  if (states.empty() || states[0] != '/') {  // the XDG specification: a relative one is ignored
    const std::string home = EnvOr("HOME", "");
    if (home.empty()) return "";
    states = home + "/.local/state";
  }
  return states + "/openvidu-token-service";
}

}  // namespace openvidu::token
