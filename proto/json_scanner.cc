#include "proto/json_scanner.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace openvidu::token {
namespace {

constexpr uint32_t kNoCodePoint = 0xFFFFFFFF;

/// The bytes that stand for themselves in a string: ASCII but `"`, `\` and what is no character.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
  return plain;
}();

/// The length of the UTF-8 sequence that `text` begins with (RFC 3629, table of section 4); 0: it
/// begins with none.
size_t Utf8Length(absl::string_view text) {
  const auto is_between = [text](size_t i, unsigned first, unsigned last) {
    return i < text.size() && static_cast<unsigned char>(text[i]) >= first &&
           static_cast<unsigned char>(text[i]) <= last;
  };
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return is_between(1, 0x80, 0xBF) ? 2 : 0;
  if (lead < 0xF0) {
    const bool fits = is_between(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return fits && is_between(2, 0x80, 0xBF) ? 3 : 0;
  }
  const bool fits = is_between(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
  return fits && is_between(2, 0x80, 0xBF) && is_between(3, 0x80, 0xBF) ? 4 : 0;
}

void AppendUtf8(uint32_t code_point, std::string& out) {
  const auto append = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  const auto append_rest = [&](int shift) { append(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) return append(code_point);
  if (code_point < 0x800) {
    append(0xC0 | (code_point >> 6));
  } else if (code_point < 0x10000) {
    append(0xE0 | (code_point >> 12));
    append_rest(6);
  } else {
    append(0xF0 | (code_point >> 18));
    append_rest(12);
    append_rest(6);
  }
  append_rest(0);
}

class Scanner {
 public:
  Scanner(absl::string_view json, JsonHandler& handler) : rest_(json), handler_(handler) {}

  bool Scan() {
    if (!Value()) return false;
    while (!in_objects_.empty()) {
      if (!Member()) return false;
    }
    SkipBlanks();
    return rest_.empty();
  }

 private:
  /// What follows a value or the beginning of an object or array, which is the innermost one.
  bool Member() {
    const bool in_object = in_objects_.back();
    if (Take(in_object ? '}' : ']')) {
      in_objects_.pop_back();
      is_first_ = false;
      return in_object ? handler_.EndObject() : handler_.EndArray();
    }
    if (!is_first_ && !Take(',')) return false;
    is_first_ = false;
    if (!in_object) return Value();
    absl::string_view name;
    return Take('"') && Text(name) && handler_.Key(name) && Take(':') && Value();
  }

  /// One value; of an object or array its beginning.
  bool Value() {
    SkipBlanks();
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
        return Open(true) && handler_.StartObject();
      case '[':
        return Open(false) && handler_.StartArray();
      case '"': {
        rest_.remove_prefix(1);
        absl::string_view text;
        return Text(text) && handler_.String(text);
      }
      case 't':
        return absl::ConsumePrefix(&rest_, "true") && handler_.Boolean(true);
      case 'f':
        return absl::ConsumePrefix(&rest_, "false") && handler_.Boolean(false);
      case 'n':
        return absl::ConsumePrefix(&rest_, "null") && handler_.Null();
      default:
        return Number();
    }
  }

  bool Open(bool object) {
    rest_.remove_prefix(1);
    in_objects_.push_back(object);
    is_first_ = true;
    return true;
  }

  bool Number() {
    const absl::string_view begin = rest_;
    absl::ConsumePrefix(&rest_, "-");
    // No digit follows a leading zero.
    if (!absl::ConsumePrefix(&rest_, "0") && !Digits()) return false;
    bool is_integer = true;
    if (absl::ConsumePrefix(&rest_, ".")) {
      is_integer = false;
      if (!Digits()) return false;
    }
    if (absl::ConsumePrefix(&rest_, "e") || absl::ConsumePrefix(&rest_, "E")) {
      is_integer = false;
      if (!absl::ConsumePrefix(&rest_, "-")) absl::ConsumePrefix(&rest_, "+");
      if (!Digits()) return false;
    }
    const absl::string_view number = begin.substr(0, begin.size() - rest_.size());
    int64_t integer = 0;
    if (is_integer && absl::SimpleAtoi(number, &integer)) return handler_.Integer(integer);
    double value = 0;
    return absl::SimpleAtod(number, &value) && std::isfinite(value) && handler_.OtherNumber();
  }

  bool Digits() {
    size_t count = 0;
    while (count < rest_.size() && absl::ascii_isdigit(static_cast<unsigned char>(rest_[count]))) {
      ++count;
    }
    rest_.remove_prefix(count);
    return count > 0;
  }

  /// Of a string what follows its `"`; `text` is of the document, or of buffer_.
  bool Text(absl::string_view& text) {
    const absl::string_view begin = rest_;
    size_t length = 0;
    while (length < begin.size() && kPlain[static_cast<unsigned char>(begin[length])]) ++length;
    rest_.remove_prefix(length);
    text = begin.substr(0, length);
    if (absl::ConsumePrefix(&rest_, "\"")) return true;
    buffer_.assign(text.data(), text.size());
    while (!absl::ConsumePrefix(&rest_, "\"")) {
      if (!Character()) return false;
    }
    text = buffer_;
    return true;
  }

  /// One character of a string, to buffer_.
  bool Character() {
    if (rest_.empty()) return false;
    if (absl::ConsumePrefix(&rest_, "\\")) return Escape();
    const auto byte = static_cast<unsigned char>(rest_.front());
    const size_t length = byte < 0x80 ? (kPlain[byte] ? 1 : 0) : Utf8Length(rest_);
    buffer_.append(rest_.data(), length);
    rest_.remove_prefix(length);
    return length > 0;
  }

  /// What follows a `\`.
  bool Escape() {
    constexpr absl::string_view kEscapes = "\"\\/bfnrt";
    constexpr absl::string_view kEscaped = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char what = rest_.front();
    rest_.remove_prefix(1);
    if (const size_t at = kEscapes.find(what); at != absl::string_view::npos) {
      buffer_ += kEscaped[at];
      return true;
    }
    if (what != 'u') return false;
    uint32_t code_point = FourHexDigits();
    if (code_point >= 0xD800 && code_point < 0xDC00) {  // half of a surrogate pair
      const uint32_t low = absl::ConsumePrefix(&rest_, "\\u") ? FourHexDigits() : kNoCodePoint;
      if (low < 0xDC00 || low > 0xDFFF) return false;
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    } else if (code_point == kNoCodePoint || (code_point >= 0xDC00 && code_point <= 0xDFFF)) {
      return false;
    }
    AppendUtf8(code_point, buffer_);
    return true;
  }

  uint32_t FourHexDigits() {
    const absl::string_view digits = rest_.substr(0, 4);
    uint32_t value = 0;
    for (const char digit : digits) {
      const auto byte = static_cast<unsigned char>(digit);
      if (!absl::ascii_isxdigit(byte)) return kNoCodePoint;
      value = value * 16 + static_cast<uint32_t>(absl::ascii_isdigit(byte)
                                                     ? digit - '0'
                                                     : absl::ascii_tolower(byte) - 'a' + 10);
    }
    if (digits.size() < 4) return kNoCodePoint;
    rest_.remove_prefix(4);
    return value;
  }

  /// Whether `what` comes next, after blanks.
  bool Take(char what) {
    SkipBlanks();
    if (rest_.empty() || rest_.front() != what) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void SkipBlanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n' ||
                              rest_.front() == '\r' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
  }

  absl::string_view rest_;
  JsonHandler& handler_;
  std::vector<bool> in_objects_;  // of each that is open: an object, or an array
  bool is_first_ = false;         // of the innermost one nothing has come yet
  std::string buffer_;            // a string with escapes or other than ASCII
};

}  // namespace

bool ScanJson(absl::string_view json, JsonHandler& handler) {
  return Scanner(json, handler).Scan();
}

}  // namespace openvidu::token
