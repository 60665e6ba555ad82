#include "http/syntax.h"

#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace openvidu::token {
namespace {

/// The characters of a class, by their bytes.
using Characters = std::array<bool, 256>;

constexpr Characters With(Characters characters, absl::string_view more) {
  for (const char c : more) characters[static_cast<unsigned char>(c)] = true;
  return characters;
}

constexpr Characters kAlnum =
    With({}, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
constexpr Characters kTokenChars = With(kAlnum, "!#$%&'*+-.^_`|~");

// Unreserved, sub-delims, and what ports, IPv6 brackets and percent-encoding add. No comma, though
// a sub-delim: in a header it reads as two values.
constexpr Characters kHostChars = With(kAlnum, "-._~!$&'()*+;=:[]%");

constexpr Characters kFieldChars = [] {
  Characters characters{};
  for (size_t byte = 0; byte < characters.size(); ++byte) {
    characters[byte] = byte == '\t' || (byte >= ' ' && byte != 0x7F);
  }
  return characters;
}();

bool AreAll(const Characters& characters, absl::string_view text) {
  for (const char c : text) {
    if (!characters[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

bool IsToken(absl::string_view text) { return !text.empty() && AreAll(kTokenChars, text); }

bool IsFieldValue(absl::string_view text) { return AreAll(kFieldChars, text); }

bool IsHostAndPort(absl::string_view text) { return AreAll(kHostChars, text); }

absl::string_view StripBlanks(absl::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
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
