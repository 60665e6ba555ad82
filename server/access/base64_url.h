#ifndef SERVER_ACCESS_BASE64_URL_H_
#define SERVER_ACCESS_BASE64_URL_H_

#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Decodes base64url as RFC 7515 §2 has it: no padding, no line breaks, no bits left over. Each
/// text has one encoding, and nothing else is taken.
inline std::optional<std::string> DecodeBase64Url(absl::string_view text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes)) return std::nullopt;
  if (absl::WebSafeBase64Escape(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_BASE64_URL_H_
