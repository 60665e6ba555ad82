#include "emulator/basic_auth.h"

#include <openssl/crypto.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"

namespace openvidu::emulator {
namespace {

constexpr absl::string_view kUser = "OPENVIDUAPP";
constexpr absl::string_view kScheme = "Basic";

bool IsSecret(absl::string_view password, absl::string_view secret) {
  return password.size() == secret.size() &&
         CRYPTO_memcmp(password.data(), secret.data(), secret.size()) == 0;
}

// As java.util.Base64's basic decoder: no white space inside, padding optional but not half of it.
bool DecodeBase64(absl::string_view text, std::string* out) {
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && c != '+' && c != '/' && c != '=') return false;
  }
  return absl::Base64Unescape(text, out);
}

}  // namespace

Credentials CheckBasicAuth(const HttpRequest& request, absl::string_view secret) {
  const std::string* header = request.Find("authorization");
  if (header == nullptr) return Credentials::kNone;
  absl::string_view value = absl::StripAsciiWhitespace(*header);
  if (!absl::StartsWithIgnoreCase(value, kScheme)) return Credentials::kNone;
  if (value.size() <= kScheme.size() + 1) return Credentials::kBroken;
  std::string decoded;
  if (!DecodeBase64(value.substr(kScheme.size() + 1), &decoded)) return Credentials::kBroken;
  const size_t colon = decoded.find(':');
  if (colon == std::string::npos) return Credentials::kBroken;
  const bool is_user = absl::EqualsIgnoreCase(absl::string_view(decoded).substr(0, colon), kUser);
  const bool is_secret = IsSecret(absl::string_view(decoded).substr(colon + 1), secret);
  return is_user && is_secret ? Credentials::kAccepted : Credentials::kRejected;
}

}  // namespace openvidu::emulator
