#include "emulator/json.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace openvidu::emulator {

Json Json::Boolean(bool value) {
  Json json;
  json.kind_ = Kind::kBoolean;
  json.boolean_ = value;
  return json;
}

Json Json::Integer(std::string literal) {
  Json json;
  json.kind_ = Kind::kInteger;
  json.text_ = std::move(literal);
  return json;
}

Json Json::Double(double value) {
  Json json;
  json.kind_ = Kind::kDouble;
  json.number_ = value;
  return json;
}

Json Json::String(std::string value) {
  Json json;
  json.kind_ = Kind::kString;
  json.text_ = std::move(value);
  return json;
}

Json Json::Array(std::vector<Json> elements) {
  Json json;
  json.kind_ = Kind::kArray;
  json.elements_ = std::move(elements);
  return json;
}

Json Json::Object(std::vector<Member> members) {
  Json json;
  json.kind_ = Kind::kObject;
  json.members_ = std::move(members);
  return json;
}

const Json* Json::FindWithNull(absl::string_view key) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.first == key; });
  return found == members_.end() ? nullptr : &found->second;
}

const Json* Json::Find(absl::string_view key) const {
  const Json* found = FindWithNull(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

void Json::Erase(absl::string_view key) {
  members_.erase(std::remove_if(members_.begin(), members_.end(),
                                [&](const Member& member) { return member.first == key; }),
                 members_.end());
}

void AppendJsonString(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = text[i];
    switch (c) {
      case '"':
        out->append("\\\"");
        continue;
      case '\\':
        out->append("\\\\");
        continue;
      case '\b':
        out->append("\\b");
        continue;
      case '\f':
        out->append("\\f");
        continue;
      case '\n':
        out->append("\\n");
        continue;
      case '\r':
        out->append("\\r");
        continue;
      case '\t':
        out->append("\\t");
        continue;
      default:
        break;
    }
    if (c < 0x20) {
      absl::StrAppendFormat(out, "\\u%04x", c);
    } else if (const absl::string_view three = text.substr(i, 3);
               three == "\xe2\x80\xa8" || three == "\xe2\x80\xa9") {
      // U+2028 and U+2029, which JavaScript of old took for line ends.
      out->append(three.back() == '\xa8' ? "\\u2028" : "\\u2029");
      i += 2;
    } else {
      out->push_back(static_cast<char>(c));
    }
  }
  out->push_back('"');
}

std::string JsonString(absl::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendJsonString(text, &out);
  return out;
}

}  // namespace openvidu::emulator
