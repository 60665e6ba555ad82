#include "common/secret.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/environment.h"
#include "common/read_file.h"

namespace openvidu::token {
namespace {

absl::Status CheckSecret(absl::string_view secret, absl::string_view source) {
  const bool printable = std::all_of(secret.begin(), secret.end(),
                                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
  if (printable) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(source, " holds control characters, such as a line break"));
}

constexpr char kFileVariable[] = "OPENVIDU_SECRET_FILE";

}  // namespace

void ForgetOpenViduSecret() { TakeEnv("OPENVIDU_SECRET"); }

std::string OpenViduSecretFile() { return EnvOr(kFileVariable, ""); }

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(kFileVariable, ": ", text.status().message()));
  }
  absl::string_view line = *text;
  if (absl::ConsumeSuffix(&line, "\n")) absl::ConsumeSuffix(&line, "\r");
  if (line.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(kFileVariable, ": '", path, "' is empty"));
  }
  if (absl::Status mistake = CheckSecret(line, kFileVariable); !mistake.ok()) return mistake;
  return std::string(line);
}

absl::StatusOr<std::string> ReadOpenViduSecret() {
  std::string secret = TakeEnv("OPENVIDU_SECRET");
  const std::string path = OpenViduSecretFile();
  if (path.empty()) {
    if (secret.empty()) {
      return absl::InvalidArgumentError(
          "OPENVIDU_SECRET (or OPENVIDU_SECRET_FILE) is not set: the secret of OpenVidu");
    }
    if (absl::Status mistake = CheckSecret(secret, "OPENVIDU_SECRET"); !mistake.ok())
      return mistake;
    return secret;
  }
  if (!secret.empty()) {
    return absl::InvalidArgumentError(
        "OPENVIDU_SECRET and OPENVIDU_SECRET_FILE are both set; set one of them");
  }
  return ReadSecretFile(path);
}

}  // namespace openvidu::token
