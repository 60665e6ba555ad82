#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "emulator/enums.h"
#include "emulator/http_chars.h"
#include "emulator/request_rules.h"

namespace openvidu::emulator {
namespace {

bool IsToken(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return IsTokenChar(c); });
}

// The charsets that a Java runtime has, by families.
bool IsKnownCharset(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  constexpr absl::string_view kNames[] = {
      "utf-8",    "utf8",     "utf-16",  "utf-16be", "utf-16le",  "utf-32",      "utf-32be",
      "utf-32le", "us-ascii", "ascii",   "latin1",   "l1",        "cesu-8",      "big5",
      "gbk",      "gb2312",   "gb18030", "euc-jp",   "shift_jis", "iso-2022-jp", "euc-kr",
      "koi8-r",   "koi8-u",   "sjis",    "tis-620",  "utf16",     "utf32"};
  if (IsOneOf(lower, kNames)) return true;
  int number = 0;
  absl::string_view rest = lower;
  if (absl::ConsumePrefix(&rest, "iso-8859-") || absl::ConsumePrefix(&rest, "iso8859_")) {
    return absl::SimpleAtoi(rest, &number) && number >= 1 && number <= 16 && number != 10 &&
           number != 12 && number != 14;
  }
  if (absl::ConsumePrefix(&rest, "windows-") || absl::ConsumePrefix(&rest, "cp")) {
    return absl::SimpleAtoi(rest, &number) && number >= 1250 && number <= 1258;
  }
  return false;
}

absl::string_view Unquoted(absl::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// Of Spring's MediaType: a parameter that makes the whole type invalid.
bool IsBadParameter(absl::string_view parameter, bool* has_charset) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(parameter, absl::MaxSplits('=', 1));
  const absl::string_view name = absl::StripAsciiWhitespace(parts.first);
  const absl::string_view value = absl::StripAsciiWhitespace(parts.second);
  if (!absl::StrContains(parameter, '=')) return false;  // is skipped
  if (!IsToken(name) || value.empty()) return true;
  const bool is_quoted = Unquoted(value).size() != value.size();
  if (!is_quoted && !IsToken(value)) return true;
  if (absl::EqualsIgnoreCase(name, "charset")) {
    *has_charset = true;
    return !IsKnownCharset(Unquoted(value));
  }
  if (absl::EqualsIgnoreCase(name, "q")) {
    double quality = 0;
    return !absl::SimpleAtod(Unquoted(value), &quality) || quality < 0 || quality > 1;
  }
  return false;
}

}  // namespace

BodyType ClassifyBodyType(const HttpRequest& request) {
  const std::string* header = request.Find("content-type");
  if (header == nullptr || header->empty()) return BodyType::kNone;
  const std::vector<absl::string_view> parts = absl::StrSplit(*header, ';');
  const std::string full = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts[0]));
  const size_t slash = full.find('/');
  if (slash == std::string::npos) return full == "*" ? BodyType::kWildcard : BodyType::kUnsupported;
  const std::string type = full.substr(0, slash);
  const std::string subtype = full.substr(slash + 1);
  if (!IsToken(type) || !IsToken(subtype)) return BodyType::kUnsupported;
  bool has_charset = false;
  for (size_t i = 1; i < parts.size(); ++i) {
    if (IsBadParameter(absl::StripAsciiWhitespace(parts[i]), &has_charset)) {
      return BodyType::kUnsupported;
    }
  }
  const bool is_wildcard = type == "*" || subtype == "*" || absl::StartsWith(subtype, "*+");
  if (type == "*" && subtype != "*") return BodyType::kUnsupported;
  // Spring completes a type without charset by the request's encoding, and a wildcard cannot be
  // set.
  if (is_wildcard) return has_charset ? BodyType::kUnsupported : BodyType::kWildcard;
  const size_t plus = subtype.rfind('+');
  const bool is_json =
      subtype == "json" || (plus != std::string::npos && subtype.substr(plus) == "+json");
  return type == "application" && is_json ? BodyType::kJson : BodyType::kUnsupported;
}

}  // namespace openvidu::emulator
