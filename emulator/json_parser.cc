#include <cstdlib>
#include <limits>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "emulator/json.h"
#include "emulator/json_encoding.h"

namespace openvidu::emulator {
namespace {

// Jackson's StreamReadConstraints, version 2.19.
constexpr int kMaxDepth = 1000;
constexpr size_t kMaxNumberDigits = 1000;
constexpr size_t kMaxStringUnits = 20'000'000;
constexpr size_t kMaxNameUnits = 50'000;

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<Json> ParseFirstValue() {
    Json value;
    if (!ParseValue(0, &value))
      return absl::InvalidArgumentError(absl::StrCat("not JSON at byte ", at_));
    return value;
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  bool Accept(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void SkipSpace() {
    while (!AtEnd() && (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' || Peek() == '\r')) ++at_;
  }

  bool ParseValue(int depth, Json* out) {
    SkipSpace();
    if (AtEnd()) return false;
    switch (Peek()) {
      case '{':
        return depth < kMaxDepth && ParseObject(depth + 1, out);
      case '[':
        return depth < kMaxDepth && ParseArray(depth + 1, out);
      case '"': {
        std::string text;
        if (!ParseString(kMaxStringUnits, &text)) return false;
        *out = Json::String(std::move(text));
        return true;
      }
      case 't':
        *out = Json::Boolean(true);
        return Literal("true");
      case 'f':
        *out = Json::Boolean(false);
        return Literal("false");
      case 'n':
        *out = Json();
        return Literal("null");
      default:
        return ParseNumber(depth, out);
    }
  }

  bool Literal(absl::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    // Jackson looks one character ahead: `nullx` is one unknown word, not a null and an x.
    return AtEnd() ||
           !(absl::ascii_isalnum(Peek()) || Peek() == '_' || Peek() == '$' || Peek() < 0);
  }

  bool ParseObject(int depth, Json* out) {
    ++at_;
    std::vector<Json::Member> members;
    std::unordered_map<std::string, size_t> index;
    SkipSpace();
    if (Accept('}')) {
      *out = Json::Object({});
      return true;
    }
    while (true) {
      SkipSpace();
      std::string key;
      if (Peek() != '"' || !ParseString(kMaxNameUnits, &key)) return false;
      SkipSpace();
      Json value;
      if (!Accept(':') || !ParseValue(depth, &value)) return false;
      const auto [known, is_new] = index.emplace(key, members.size());
      if (is_new) {
        members.emplace_back(std::move(key), std::move(value));
      } else {
        members[known->second].second = std::move(value);  // the last one counts
      }
      SkipSpace();
      if (Accept(',')) continue;
      if (!Accept('}')) return false;
      *out = Json::Object(std::move(members));
      return true;
    }
  }

  bool ParseArray(int depth, Json* out) {
    ++at_;
    std::vector<Json> elements;
    SkipSpace();
    if (Accept(']')) {
      *out = Json::Array({});
      return true;
    }
    while (true) {
      Json value;
      if (!ParseValue(depth, &value)) return false;
      elements.push_back(std::move(value));
      SkipSpace();
      if (Accept(',')) continue;
      if (!Accept(']')) return false;
      *out = Json::Array(std::move(elements));
      return true;
    }
  }

  bool ParseNumber(int depth, Json* out) {
    const size_t start = at_;
    Accept('-');
    const size_t integer_digits = Digits();
    if (integer_digits == 0 || (integer_digits > 1 && text_[at_ - integer_digits] == '0'))
      return false;
    size_t digits = integer_digits;
    bool is_double = false;
    if (Accept('.')) {
      is_double = true;
      const size_t fraction = Digits();
      if (fraction == 0) return false;
      digits += fraction;
    }
    if (Peek() == 'e' || Peek() == 'E') {
      is_double = true;
      ++at_;
      if (!Accept('+')) Accept('-');
      const size_t exponent = Digits();
      if (exponent == 0) return false;
      digits += exponent;
    }
    if (digits > kMaxNumberDigits) return false;
    // A number that is the whole document has to end in white space.
    if (depth == 0 && !AtEnd() && !absl::ascii_isspace(Peek())) return false;
    std::string literal(text_.substr(start, at_ - start));
    if (is_double) {
      *out = Json::Double(
          std::strtod(literal.c_str(), nullptr));  // too big becomes infinity, as in Java
    } else {
      *out = Json::Integer(literal == "-0" ? "0" : std::move(literal));
    }
    return true;
  }

  size_t Digits() {
    const size_t start = at_;
    while (!AtEnd() && absl::ascii_isdigit(Peek())) ++at_;
    return at_ - start;
  }

  // Reads a string into UTF-8. `max_units` are UTF-16 units, as Java counts.
  bool ParseString(size_t max_units, std::string* out) {
    ++at_;
    size_t units = 0;
    uint32_t high = 0;  // a high surrogate that waits for its low one
    const auto append = [&](uint32_t code) {
      if (high != 0) {
        if (code >= 0xDC00 && code < 0xE000) {
          AppendUtf8(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), out);
          high = 0;
          ++units;
          return;
        }
        AppendUtf8(high, out);
        high = 0;
      }
      units += code >= 0x10000 ? 2 : 1;
      if (code >= 0xD800 && code < 0xDC00) {
        high = code;
      } else {
        AppendUtf8(code, out);
      }
    };
    while (!AtEnd()) {
      const unsigned char c = text_[at_];
      if (c == '"') {
        ++at_;
        if (high != 0) AppendUtf8(high, out);
        return units <= max_units;
      }
      if (c < 0x20) return false;
      uint32_t code = c;
      if (c == '\\') {
        if (!ParseEscape(&code)) return false;
      } else if (c < 0x80) {
        ++at_;
      } else if (!ParseMultibyte(&code)) {
        return false;
      }
      append(code);
    }
    return false;
  }

  bool ParseEscape(uint32_t* code) {
    if (at_ + 1 >= text_.size()) return false;
    const char c = text_[at_ + 1];
    at_ += 2;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        *code = c;
        return true;
      case 'b':
        *code = '\b';
        return true;
      case 'f':
        *code = '\f';
        return true;
      case 'n':
        *code = '\n';
        return true;
      case 'r':
        *code = '\r';
        return true;
      case 't':
        *code = '\t';
        return true;
      case 'u': {
        *code = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
          if (AtEnd() || !absl::ascii_isxdigit(Peek())) return false;
          const char digit = absl::ascii_tolower(Peek());
          *code = *code * 16 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }
        return true;
      }
      default:
        return false;
    }
  }

  // As Jackson's UTF8StreamJsonParser: only the form is checked, so `C0 80` is a U+0000.
  bool ParseMultibyte(uint32_t* code) {
    const unsigned char lead = text_[at_];
    int more = 0;
    if ((lead & 0xE0) == 0xC0) {
      *code = lead & 0x1F;
      more = 1;
    } else if ((lead & 0xF0) == 0xE0) {
      *code = lead & 0x0F;
      more = 2;
    } else if ((lead & 0xF8) == 0xF0) {
      *code = lead & 0x07;
      more = 3;
    } else {
      return false;
    }
    ++at_;
    for (; more > 0; --more, ++at_) {
      if (AtEnd() || (text_[at_] & 0xC0) != 0x80) return false;
      *code = (*code << 6) | (text_[at_] & 0x3F);
    }
    if (*code > 0x10FFFF) *code = '?';
    return true;
  }

  absl::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::StatusOr<Json> ParseJson(absl::string_view body) {
  const absl::StatusOr<std::string> text = DecodeJsonBody(body);
  if (!text.ok()) return text.status();
  return Parser(*text).ParseFirstValue();
}

}  // namespace openvidu::emulator
