#ifndef EMULATOR_HTTP_CHARS_H_
#define EMULATOR_HTTP_CHARS_H_

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

/// Which bytes Tomcat's HttpParser allows where (RFC 9110 and RFC 3986).
namespace openvidu::emulator {

inline bool Contains(absl::string_view set, unsigned char c) {
  return set.find(static_cast<char>(c)) != absl::string_view::npos;
}

/// tchar: methods and header names.
inline bool IsTokenChar(unsigned char c) {
  return absl::ascii_isalnum(c) || Contains("!#$%&'*+-.^_`|~", c);
}

/// Path and query: unreserved, sub-delims, ':', '@', '/', '?' and '%'.
inline bool IsTargetChar(unsigned char c) {
  return absl::ascii_isalnum(c) || Contains("-._~!$&'()*+,;=:@/?%", c);
}

/// Whatever can be in "HTTP/1.1".
inline bool IsProtocolChar(unsigned char c) {
  return absl::ascii_isdigit(c) || Contains("HTP/.", c);
}

/// Field values: everything but control characters; a tab is fine.
inline bool IsHeaderValueChar(unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7F); }

}  // namespace openvidu::emulator

#endif  // EMULATOR_HTTP_CHARS_H_
