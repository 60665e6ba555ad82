#include "proto/json_mapping.h"

#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status_details.h"
#include "proto/json_names.h"
#include "proto/message_reader.h"

namespace openvidu::token {
namespace {

using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;
using Json = nlohmann::json;

/// Skips the string that starts at `json[at]`; returns the place behind it. `json` is valid.
size_t SkipString(absl::string_view json, size_t at) {
  for (++at; json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return at + 1;
}

size_t SkipSpace(absl::string_view json, size_t at) {
  while (at < json.size() && absl::ascii_isspace(json[at])) ++at;
  return at;
}

/// Skips the value that starts at `json[at]`, with the space behind it.
size_t SkipValue(absl::string_view json, size_t at) {
  int depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (depth == 0 && (c == ',' || c == '}')) break;
    if (c == '"') {
      at = SkipString(json, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
  }
  return at;
}

/// The text of each property's value in `json`, a valid object. DOMs do not keep it, and "1.0",
/// "1e999" or "12345678901234567890" would reach OpenVidu as something else.
std::map<std::string, absl::string_view> ValueTexts(absl::string_view json) {
  std::map<std::string, absl::string_view> texts;
  size_t at = SkipSpace(json, json.find('{') + 1);
  while (json[at] != '}') {
    const size_t name_end = SkipString(json, at);
    std::string name = Json::parse(json.begin() + at, json.begin() + name_end).get<std::string>();
    const size_t value = SkipSpace(json, json.find(':', name_end) + 1);
    const size_t value_end = SkipValue(json, value);
    texts[std::move(name)] =
        absl::StripTrailingAsciiWhitespace(json.substr(value, value_end - value));
    at = value_end;
    if (json[at] == ',') at = SkipSpace(json, at + 1);
  }
  return texts;
}

void AppendString(const std::string& text, std::string& out) {
  // Fields are valid UTF-8 when they come over the wire; a direct caller's mistake must not throw.
  out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::Status AppendObject(const Message& message, std::string& out);

absl::Status AppendValue(const Message& message, const FieldDescriptor& field, int index,
                         std::string& out) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      AppendString(repeated ? reflection.GetRepeatedString(message, &field, index)
                            : reflection.GetString(message, &field),
                   out);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL:
      out += reflection.GetBool(message, &field) ? "true" : "false";
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&out, reflection.GetInt32(message, &field));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(&out, reflection.GetInt64(message, &field));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = reflection.GetEnumValue(message, &field);
      const EnumValueDescriptor* value = field.enum_type()->FindValueByNumber(number);
      if (value == nullptr) {
        return WithField(absl::InvalidArgumentError(absl::StrCat(
                             "Property '", field.json_name(), "' has the unknown value ", number)),
                         field.json_name());
      }
      absl::StrAppend(&out, "\"", EnumWord(*value), "\"");
      return absl::OkStatus();
    }
    default:
      return AppendObject(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                                   : reflection.GetMessage(message, &field),
                          out);
  }
}

absl::Status AppendField(const Message& message, const FieldDescriptor& field, std::string& out) {
  absl::StrAppend(&out, out.back() == '{' ? "\"" : ",\"", field.json_name(), "\":");
  if (!field.is_repeated()) return AppendValue(message, field, 0, out);
  out += '[';
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    if (i > 0) out += ',';
    if (absl::Status status = AppendValue(message, field, i, out); !status.ok()) return status;
  }
  out += ']';
  return absl::OkStatus();
}

/// Nothing, or why OpenVidu's parser would stop at `json`, which is valid JSON.
absl::string_view BeyondOpenVidu(absl::string_view json) {
  int depth = 1;  // the body's own object
  int number = 0;
  for (size_t at = 0; at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      at = SkipString(json, at);
      number = 0;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    number = absl::ascii_isdigit(c) || c == '.' ? number + 1 : 0;
    if (depth > kMaxJsonDepth) return "is nested deeper than the 1000 levels that OpenVidu reads";
    if (number > kMaxJsonNumberLength) return "has a number of over 1000 digits";
    ++at;
  }
  return "";
}

absl::Status AppendAdditional(const Message& message, std::string& out) {
  for (const auto& [name, json] : AdditionalProperties(message)) {
    const auto refuse = [&name = name](absl::string_view why) {
      return WithField(absl::InvalidArgumentError(absl::StrCat("Property '", name, "' ", why)),
                       name);
    };
    const FieldDescriptor* field = FindField(*message.GetDescriptor(), name);
    if (field != nullptr &&
        (field->is_repeated() ? message.GetReflection()->FieldSize(message, field) > 0
                              : message.GetReflection()->HasField(message, field))) {
      return refuse("is given twice: as a field and as an additional property");
    }
    if (!Json::accept(json)) {
      return refuse("has a value that is not JSON, or a number beyond the range of a double");
    }
    if (const absl::string_view why = BeyondOpenVidu(json); !why.empty()) return refuse(why);
    if (out.back() != '{') out += ',';
    AppendString(name, out);
    absl::StrAppend(&out, ":", json);
  }
  return absl::OkStatus();
}

absl::Status AppendObject(const Message& message, std::string& out) {
  out += '{';
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsAdditional(*field)) continue;
    if (absl::Status status = AppendField(message, *field, out); !status.ok()) return status;
  }
  if (absl::Status status = AppendAdditional(message, out); !status.ok()) return status;
  out += '}';
  return absl::OkStatus();
}

}  // namespace

absl::Status PropertiesFromJson(absl::string_view json, Message& properties, Scalars scalars) {
  // A byte order mark, which OpenVidu reads over too.
  json = absl::StripPrefix(json, "\xEF\xBB\xBF");
  if (json.empty()) return absl::OkStatus();
  MessageReader reader(MessageReader::Misfits::kCollect, scalars);
  switch (reader.Read(json, properties)) {
    case MessageReader::Result::kNotJson:
      return absl::InvalidArgumentError(
          "The body is not valid JSON (or has a number beyond the range of a double)");
    case MessageReader::Result::kNotAnObject:
      return absl::InvalidArgumentError("The body is not a JSON object");
    default:
      break;
  }
  if (reader.collected().empty()) return absl::OkStatus();
  const std::map<std::string, absl::string_view> texts = ValueTexts(json);
  const FieldDescriptor& additional = *FindAdditional(*properties.GetDescriptor());
  for (const std::string& name : reader.collected()) {
    Message& entry = *properties.GetReflection()->AddMessage(&properties, &additional);
    entry.GetReflection()->SetString(&entry, additional.message_type()->map_key(), name);
    entry.GetReflection()->SetString(&entry, additional.message_type()->map_value(),
                                     std::string(texts.at(name)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PropertiesToJson(const Message& properties) {
  std::string json;
  if (absl::Status status = AppendObject(properties, json); !status.ok()) return status;
  return json;
}

absl::Status AnswerFromJson(absl::string_view json, Message& answer) {
  MessageReader reader(MessageReader::Misfits::kSkip, Scalars::kAsThemselves);
  switch (reader.Read(json, answer)) {
    case MessageReader::Result::kRead:
      return absl::OkStatus();
    case MessageReader::Result::kMisfit:
      return absl::InternalError(
          absl::StrCat("property '", reader.misfit(), "' has an unexpected type"));
    default:
      return absl::InternalError("not a JSON object");
  }
}

}  // namespace openvidu::token
