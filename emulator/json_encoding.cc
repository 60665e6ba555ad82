#include "emulator/json_encoding.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"

namespace openvidu::emulator {
namespace {

struct Encoding {
  int unit_bytes = 1;
  bool big_endian = true;
  size_t mark_bytes = 0;
};

uint32_t ReadUnit(absl::string_view body, size_t at, const Encoding& encoding) {
  uint32_t unit = 0;
  for (int i = 0; i < encoding.unit_bytes; ++i) {
    const int index = encoding.big_endian ? i : encoding.unit_bytes - 1 - i;
    unit = (unit << 8) | static_cast<unsigned char>(body[at + index]);
  }
  return unit;
}

Encoding Utf16OfFirstUnit(uint32_t first_two_bytes) {
  if ((first_two_bytes & 0xFF00) == 0) return {.unit_bytes = 2, .big_endian = true};
  if ((first_two_bytes & 0x00FF) == 0) return {.unit_bytes = 2, .big_endian = false};
  return {};
}

absl::StatusOr<Encoding> Detect(absl::string_view body) {
  const Encoding big{.unit_bytes = 4};
  if (body.size() < 4) {
    if (absl::StartsWith(body, "\xEF\xBB\xBF")) return Encoding{.mark_bytes = 3};
    if (body.size() < 2) return Encoding{};
    return Utf16OfFirstUnit(ReadUnit(body, 0, {.unit_bytes = 2}));
  }
  const uint32_t quad = ReadUnit(body, 0, big);
  if (quad == 0x0000FEFF) return Encoding{.unit_bytes = 4, .mark_bytes = 4};
  if (quad == 0xFFFE0000) return Encoding{.unit_bytes = 4, .big_endian = false, .mark_bytes = 4};
  if (quad == 0x0000FFFE || quad == 0xFEFF0000) {
    return absl::InvalidArgumentError("UTF-32 in an odd byte order");
  }
  if ((quad >> 16) == 0xFEFF) return Encoding{.unit_bytes = 2, .mark_bytes = 2};
  if ((quad >> 16) == 0xFFFE) {
    return Encoding{.unit_bytes = 2, .big_endian = false, .mark_bytes = 2};
  }
  if ((quad >> 8) == 0xEFBBBF) return Encoding{.mark_bytes = 3};
  if ((quad >> 8) == 0) return Encoding{.unit_bytes = 4};
  if ((quad & 0x00FFFFFF) == 0) return Encoding{.unit_bytes = 4, .big_endian = false};
  if ((quad & ~0x00FF0000U) == 0 || (quad & ~0x0000FF00U) == 0) {
    return absl::InvalidArgumentError("UTF-32 in an odd byte order");
  }
  return Utf16OfFirstUnit(quad >> 16);
}

}  // namespace

void AppendUtf8(uint32_t code_point, std::string* out) {
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code_point >> 6)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else if (code_point >= 0xD800 && code_point < 0xE000) {
    out->push_back('?');
  } else if (code_point < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (code_point >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code_point >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  }
}

absl::StatusOr<std::string> DecodeJsonBody(absl::string_view body) {
  const absl::StatusOr<Encoding> encoding = Detect(body);
  if (!encoding.ok()) return encoding.status();
  body.remove_prefix(encoding->mark_bytes);
  if (encoding->unit_bytes == 1) return std::string(body);

  std::string out;
  const size_t step = encoding->unit_bytes;
  // An incomplete last unit may stand behind the first value, where nobody looks; the value then
  // ends early.
  for (size_t at = 0; at + step <= body.size(); at += step) {
    uint32_t unit = ReadUnit(body, at, *encoding);
    if (step == 2 && unit >= 0xD800 && unit < 0xDC00 && at + 2 * step <= body.size()) {
      const uint32_t low = ReadUnit(body, at + step, *encoding);
      if (low >= 0xDC00 && low < 0xE000) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        at += step;
      }
    }
    if (unit > 0x10FFFF) return absl::InvalidArgumentError("not a Unicode character");
    AppendUtf8(unit, &out);
  }
  return out;
}

}  // namespace openvidu::emulator
