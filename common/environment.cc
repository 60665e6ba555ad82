#include "common/environment.h"

#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

/// Returns $`variable`, or `fallback` below $HOME, or "".
std::string XdgFolder(const char* variable, absl::string_view fallback) {
  std::string folder = EnvOr(variable, "");
  // The XDG specification: a relative one is ignored.
  if (!folder.empty() && folder[0] == '/') return folder;
  const std::string home = EnvOr("HOME", "");
  return home.empty() ? "" : absl::StrCat(home, fallback);
}

}  // namespace

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
  const std::string states = XdgFolder("XDG_STATE_HOME", "/.local/state");
  return states.empty() ? "" : states + "/openvidu-token-service";
}

std::string ConfigFolderFromEnv() {
  const std::string configs = XdgFolder("XDG_CONFIG_HOME", "/.config");
  return configs.empty() ? "" : configs + "/openvidu-token";
}

}  // namespace openvidu::token
