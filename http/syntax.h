#ifndef HTTP_SYNTAX_H_
#define HTTP_SYNTAX_H_

#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// RFC 9110 5.6.2: a method or a header name.
bool IsToken(absl::string_view text);

/// RFC 9110 5.5: no control character but the tab. Bytes above 0x7F are allowed, as obs-text.
bool IsFieldValue(absl::string_view text);

/// The characters of RFC 3986 `host [":" port]`; no userinfo, no path. Empty is allowed.
bool IsHostAndPort(absl::string_view text);

/// Strips spaces and tabs, and only those, from both ends.
absl::string_view StripBlanks(absl::string_view text);

/// Decodes `%XX`, and `+` to a space where `plus_is_space`. A `%` that starts no escape stays.
std::string PercentDecode(absl::string_view text, bool plus_is_space);

}  // namespace openvidu::token

#endif  // HTTP_SYNTAX_H_
