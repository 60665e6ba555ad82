#ifndef COMMON_LOG_H_
#define COMMON_LOG_H_

#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Log lines go to stderr, one a line, with an RFC 3339 UTC time and a level. Thread-safe. Text
/// from outside is made printable, so that nobody can forge a line. Never pass a secret or a token.
void LogInfo(absl::string_view text);
void LogWarning(absl::string_view text);
void LogError(absl::string_view text);

/// Returns `text` with every byte outside printable ASCII as \xNN and at most `max_bytes` of it.
std::string Printable(absl::string_view text, size_t max_bytes = 2000);

}  // namespace openvidu::token

#endif  // COMMON_LOG_H_
