#include "http/syntax.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

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

std::string PercentDecode(absl::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && absl::ascii_isxdigit(text[i + 1]) &&
        absl::ascii_isxdigit(text[i + 2])) {
      decoded += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      decoded += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace openvidu::token
