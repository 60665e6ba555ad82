#include "common/secret.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/environment.h"
#include "common/read_file.h"

namespace openvidu::token {
namespace {

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

}  // namespace

void ForgetOpenViduSecret() { TakeEnv("OPENVIDU_SECRET"); }

absl::StatusOr<std::string> ReadOpenViduSecret() {
  std::string secret = TakeEnv("OPENVIDU_SECRET");
  const std::string path = EnvOr("OPENVIDU_SECRET_FILE", "");
  const char* source = "OPENVIDU_SECRET";
  if (!path.empty()) {
    if (!secret.empty()) {
      return absl::InvalidArgumentError(
          "OPENVIDU_SECRET and OPENVIDU_SECRET_FILE are both set; set one of them");
    }
    source = "OPENVIDU_SECRET_FILE";
    absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(source, ": ", text.status().message()));
    }
    absl::string_view line = *text;
    if (absl::ConsumeSuffix(&line, "\n")) absl::ConsumeSuffix(&line, "\r");
    secret = std::string(line);
  }
  if (secret.empty()) {
    return absl::InvalidArgumentError(
        path.empty()
            ? "OPENVIDU_SECRET (or OPENVIDU_SECRET_FILE) is not set: the secret of OpenVidu"
            : absl::StrCat("OPENVIDU_SECRET_FILE: '", path, "' is empty"));
  }
  const bool printable = std::all_of(secret.begin(), secret.end(),
                                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  if (!printable) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, " holds control characters, such as a line break"));
  }
  return secret;
}

}  // namespace openvidu::token
