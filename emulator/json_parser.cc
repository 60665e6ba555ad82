#include <cstdlib>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "emulator/json.h"
#include "emulator/json_encoding.h"
#include "emulator/json_string.h"

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
    if (!ParseValue(0, &value)) {
      return absl::InvalidArgumentError(absl::StrCat("not JSON at byte ", at_));
    }
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
    if (integer_digits == 0 || (integer_digits > 1 && text_[at_ - integer_digits] == '0')) {
      return false;
    }
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

  bool ParseString(size_t max_units, std::string* out) {
    return ParseJsonStringLiteral(text_, &at_, max_units, out);
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
