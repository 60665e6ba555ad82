#include "http/syntax.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace openvidu::token {
namespace {

bool IsIn(char c, absl::string_view set) { return set.find(c) != absl::string_view::npos; }

bool IsAlnum(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

bool IsTokenChar(char c) { return IsAlnum(c) || IsIn(c, "!#$%&'*+-.^_`|~"); }

bool IsFieldChar(char c) {
  return c == '\t' || !absl::ascii_iscntrl(static_cast<unsigned char>(c));
}

// Unreserved, sub-delims, and what ports, IPv6 brackets and percent-encoding add. No comma, though
// a sub-delim: in a header it reads as two values.
bool IsHostChar(char c) { return IsAlnum(c) || IsIn(c, "-._~!$&'()*+;=:[]%"); }

}  // namespace

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

bool IsFieldValue(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), IsFieldChar);
}

bool IsHostAndPort(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), IsHostChar);
}

absl::string_view StripBlanks(absl::string_view text) {
  while (!text.empty() && IsIn(text.front(), " \t")) text.remove_prefix(1);
  while (!text.empty() && IsIn(text.back(), " \t")) text.remove_suffix(1);
  return text;
}

}  // namespace openvidu::token
