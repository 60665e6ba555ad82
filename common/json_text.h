#ifndef COMMON_JSON_TEXT_H_
#define COMMON_JSON_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Appends `text` as a string of JSON in ASCII: whatever its bytes are, they neither end the string
/// nor the line. What is not UTF-8 becomes U+FFFD.
void AppendJsonString(absl::string_view text, std::string& json);

}  // namespace openvidu::token

#endif  // COMMON_JSON_TEXT_H_
