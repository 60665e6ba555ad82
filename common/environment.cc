#include "common/environment.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace openvidu::token {

std::string EnvOr(const char* name, absl::string_view fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? std::string(value) : std::string(fallback);
}

std::string HttpAddressFromEnv() { return absl::StrCat("0.0.0.0:", EnvOr("SERVER_PORT", "5000")); }

}  // namespace openvidu::token
