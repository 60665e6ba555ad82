#include "emulator/json_string.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "emulator/json_encoding.h"

namespace openvidu::emulator {
namespace {

bool IsHighSurrogate(uint32_t code) { return code >= 0xD800 && code < 0xDC00; }
bool IsLowSurrogate(uint32_t code) { return code >= 0xDC00 && code < 0xE000; }

// Collects code points as UTF-8, joining surrogates that come one by one.
class Collector {
 public:
  explicit Collector(std::string* out) : out_(out) {}

  void Append(uint32_t code) {
    units_ += code >= 0x10000 ? 2 : 1;
    if (high_ != 0 && IsLowSurrogate(code)) {
      AppendUtf8(0x10000 + ((high_ - 0xD800) << 10) + (code - 0xDC00), out_);
      high_ = 0;
      return;
    }
    Flush();
    if (IsHighSurrogate(code)) {
      high_ = code;
    } else {
      AppendUtf8(code, out_);
    }
  }

  void Flush() {
    if (high_ != 0) AppendUtf8(high_, out_);
    high_ = 0;
  }

  size_t units() const { return units_; }

 private:
  std::string* const out_;
  size_t units_ = 0;
  uint32_t high_ = 0;  // waits for its low one
};

class Reader {
 public:
  Reader(absl::string_view text, size_t* at) : text_(text), at_(*at), end_(at) {}

  bool Read(size_t max_units, std::string* out) {
    Collector collector(out);
    ++at_;
    while (at_ < text_.size()) {
      const unsigned char c = text_[at_];
      if (c == '"') {
        *end_ = at_ + 1;
        collector.Flush();
        return collector.units() <= max_units;
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
      collector.Append(code);
    }
    return false;
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return text_[at_]; }

  bool ParseEscape(uint32_t* code) {
    if (at_ + 1 >= text_.size()) return false;
    const char c = text_[at_ + 1];
    at_ += 2;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        *code = static_cast<unsigned char>(c);
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

  const absl::string_view text_;
  size_t at_;
  size_t* const end_;
};

}  // namespace

bool ParseJsonStringLiteral(absl::string_view text, size_t* at, size_t max_units,
                            std::string* out) {
  return Reader(text, at).Read(max_units, out);
}

}  // namespace openvidu::emulator
