#ifndef EMULATOR_PERCENT_H_
#define EMULATOR_PERCENT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace openvidu::emulator {

/// Decodes %XX. Returns nullopt where a '%' is not followed by two hexadecimal digits.
absl::optional<std::string> PercentDecode(absl::string_view text);

/// As PercentDecode for text whose escapes are known to be well formed; a broken one stays as it
/// is.
std::string PercentDecoded(absl::string_view text);

/// Whether `text` is well-formed UTF-8.
bool IsUtf8(absl::string_view text);

}  // namespace openvidu::emulator

#endif  // EMULATOR_PERCENT_H_
