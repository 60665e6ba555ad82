#ifndef EMULATOR_JSON_STRING_H_
#define EMULATOR_JSON_STRING_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// Reads the JSON string whose opening quote is `text[*at]` into UTF-8 and moves `*at` behind it.
/// Returns false for a broken one, or one of more than `max_units` UTF-16 units, which is how Java
/// counts.
bool ParseJsonStringLiteral(absl::string_view text, size_t* at, size_t max_units, std::string* out);

}  // namespace openvidu::emulator

#endif  // EMULATOR_JSON_STRING_H_
