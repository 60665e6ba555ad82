#include "proto/json_mapping.h"

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status_details.h"
#include "google/protobuf/timestamp.pb.h"

namespace openvidu::token {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;
using ::google::protobuf::Timestamp;
using Json = nlohmann::json;

constexpr char kAdditional[] = "additional_properties";

/// How to read JSON into a message.
struct Reading {
  /// An answer may have more than we know; a request's body must lose nothing.
  bool skip_unknown = false;
  Scalars scalars = Scalars::kAsThemselves;
};

bool IsAdditional(const FieldDescriptor& field) { return field.name() == kAdditional; }

const FieldDescriptor* FindField(const Descriptor& type, absl::string_view json_name) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == json_name && !IsAdditional(*type.field(i))) {
      return type.field(i);
    }
  }
  return nullptr;
}

/// "ROLE_" for Role: what the enum's unspecified value, number 0, has before UNSPECIFIED.
absl::string_view EnumPrefix(const google::protobuf::EnumDescriptor& type) {
  absl::string_view prefix = type.value(0)->name();
  prefix.remove_suffix(absl::string_view("UNSPECIFIED").size());
  return prefix;
}

absl::string_view EnumWord(const EnumValueDescriptor& value) {
  return absl::string_view(value.name()).substr(EnumPrefix(*value.type()).size());
}

const EnumValueDescriptor* FindEnumValue(const FieldDescriptor& field, const std::string& word) {
  const EnumValueDescriptor* value =
      field.enum_type()->FindValueByName(absl::StrCat(EnumPrefix(*field.enum_type()), word));
  return value != nullptr && value->number() != 0 ? value : nullptr;
}

// --- JSON → message
// ---------------------------------------------------------------------------------------

bool ReadObject(const Json& object, Reading reading, Message& message, std::string* fault);

bool IsInt32(const Json& value) {
  // A number beyond int64 is unsigned or floating in nlohmann's reading, so this looks at its true
  // size.
  return value.is_number_integer() &&
         (!value.is_number_unsigned() || value.get<uint64_t>() <= INT32_MAX) &&
         value.get<int64_t>() >= INT32_MIN && value.get<int64_t>() <= INT32_MAX;
}

bool IsInt64(const Json& value) {
  return value.is_number_integer() &&
         (!value.is_number_unsigned() || value.get<uint64_t>() <= INT64_MAX);
}

bool ReadScalar(const Json& value, Reading reading, const FieldDescriptor& field,
                Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const bool is_text_field = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
                             field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if (reading.scalars == Scalars::kAsText && value.is_string() && !is_text_field) {
    const Json scalar = Json::parse(value.get_ref<const std::string&>(), nullptr, false);
    return ReadScalar(scalar, Reading{}, field, message);
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (!value.is_string()) return false;
      reflection.SetString(&message, &field, value.get_ref<const std::string&>());
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.is_boolean()) return false;
      reflection.SetBool(&message, &field, value.get<bool>());
      return true;
    case FieldDescriptor::CPPTYPE_INT32:
      if (!IsInt32(value)) return false;
      reflection.SetInt32(&message, &field, value.get<int32_t>());
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      if (!IsInt64(value)) return false;
      reflection.SetInt64(&message, &field, value.get<int64_t>());
      return true;
    case FieldDescriptor::CPPTYPE_ENUM: {
      if (!value.is_string()) return false;
      const auto& word = value.get_ref<const std::string&>();
      // A request's words are matched to the letter, as OpenVidu does; some of its answers' are lower-case.
      const EnumValueDescriptor* found =
          FindEnumValue(field, reading.skip_unknown ? absl::AsciiStrToUpper(word) : word);
      // A newer OpenVidu may answer with a word of its own.
      if (found == nullptr) return reading.skip_unknown;
      reflection.SetEnum(&message, &field, found);
      return true;
    }
    default:
      return false;
  }
}

bool ReadTimestamp(const Json& value, Timestamp& timestamp) {
  if (!value.is_number_integer()) return false;
  const auto milliseconds = value.get<int64_t>();
  timestamp.set_seconds(milliseconds / 1000);
  timestamp.set_nanos(static_cast<int>(milliseconds % 1000) * 1'000'000);
  return true;
}

bool ReadRepeated(const Json& array, Reading reading, const FieldDescriptor& field,
                  Message& message, std::string* fault) {
  // An empty array is not the absence of one, which is all that an empty repeated field can say.
  if (!array.is_array() || (array.empty() && !reading.skip_unknown)) return false;
  const Reflection& reflection = *message.GetReflection();
  for (const Json& element : array) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!ReadObject(element, reading, *reflection.AddMessage(&message, &field), fault))
        return false;
    } else {
      if (!element.is_string()) return false;
      reflection.AddString(&message, &field, element.get_ref<const std::string&>());
    }
  }
  return true;
}

/// Reads one property; false where the field cannot hold the value exactly. Appends ".<name>" of a
/// nested property at fault to `fault`.
bool ReadField(const Json& value, Reading reading, const FieldDescriptor& field, Message& message,
               std::string* fault) {
  if (field.is_repeated()) return ReadRepeated(value, reading, field, message, fault);
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return ReadScalar(value, reading, field, message);
  }
  Message& nested = *message.GetReflection()->MutableMessage(&message, &field);
  if (field.message_type() == Timestamp::descriptor()) {
    return ReadTimestamp(value, static_cast<Timestamp&>(nested));
  }
  return ReadObject(value, reading, nested, fault);
}

bool ReadObject(const Json& object, Reading reading, Message& message, std::string* fault) {
  if (!object.is_object()) return false;
  for (const auto& [name, value] : object.items()) {
    if (value.is_null()) continue;
    const FieldDescriptor* field = FindField(*message.GetDescriptor(), name);
    if (field == nullptr && reading.skip_unknown) continue;
    if (field == nullptr || !ReadField(value, reading, *field, message, fault)) {
      if (fault != nullptr) *fault = absl::StrCat(".", name, *fault);
      return false;
    }
  }
  return true;
}

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

// --- message → JSON
// ---------------------------------------------------------------------------------------

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

/// The additional properties by name: the map field's own order is arbitrary.
std::map<std::string, std::string> AdditionalProperties(const Message& message) {
  std::map<std::string, std::string> sorted;
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(kAdditional);
  if (field == nullptr) return sorted;
  const Reflection& reflection = *message.GetReflection();
  const Descriptor& entry = *field->message_type();
  for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
    const Message& pair = reflection.GetRepeatedMessage(message, field, i);
    sorted[pair.GetReflection()->GetString(pair, entry.map_key())] =
        pair.GetReflection()->GetString(pair, entry.map_value());
  }
  return sorted;
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

// --- which property a message means
// -------------------------------------------------------------------------

/// The deepest property of `type` that `message` names in OpenVidu's ways: "'name'" or "Parameter
/// name ".
std::string NamedProperty(absl::string_view message, const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string& name = field.json_name();
    if (IsAdditional(field)) continue;
    const std::string quoted = absl::StrCat("'", name);
    const size_t at = message.find(quoted);
    const bool named = (at != absl::string_view::npos && at + quoted.size() < message.size() &&
                        !absl::ascii_isalpha(message[at + quoted.size()])) ||
                       absl::StrContains(message, absl::StrCat("'", name, "Json'")) ||
                       absl::StrContains(message, absl::StrCat("arameter ", name, " "));
    if (!named) continue;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      std::string nested = NamedProperty(message.substr(at == absl::string_view::npos ? 0 : at + 1),
                                         *field.message_type());
      if (!nested.empty()) return absl::StrCat(name, ".", nested);
    }
    return name;
  }
  return "";
}

/// "No enum constant io.openvidu.java.client.MediaMode.x" is about mediaMode.
std::string PropertyOfEnumClass(absl::string_view message) {
  constexpr absl::string_view kClass = "No enum constant io.openvidu.java.client.";
  const size_t at = message.find(kClass);
  if (at == absl::string_view::npos) return "";
  message.remove_prefix(at + kClass.size());
  std::string name(message.substr(0, message.find('.')));
  if (!name.empty()) name[0] = absl::ascii_tolower(name[0]);
  return name;
}

/// The first property that has a field which cannot hold its value.
std::string MistypedProperty(const Message& properties, absl::string_view below) {
  for (const auto& [name, json] : AdditionalProperties(properties)) {
    const FieldDescriptor* field = FindField(*properties.GetDescriptor(), name);
    if (field == nullptr || (!below.empty() && name != below)) continue;
    const std::unique_ptr<Message> scratch(properties.New());
    std::string fault;
    if (!ReadField(Json::parse(json, nullptr, false), Reading{}, *field, *scratch, &fault)) {
      return absl::StrCat(name, fault);
    }
  }
  return "";
}

}  // namespace

absl::Status PropertiesFromJson(absl::string_view json, Message& properties, Scalars scalars) {
  json =
      absl::StripPrefix(json, "\xEF\xBB\xBF");  // a byte order mark, which OpenVidu reads over too
  if (json.empty()) return absl::OkStatus();
  const Json body = Json::parse(json.begin(), json.end(), nullptr, /*allow_exceptions=*/false);
  if (body.is_null()) return absl::OkStatus();
  if (body.is_discarded()) {
    return absl::InvalidArgumentError(
        "The body is not valid JSON (or has a number beyond the range of a double)");
  }
  if (!body.is_object()) return absl::InvalidArgumentError("The body is not a JSON object");

  const Reflection& reflection = *properties.GetReflection();
  const FieldDescriptor& additional = *properties.GetDescriptor()->FindFieldByName(kAdditional);
  std::map<std::string, absl::string_view> texts;
  for (const auto& [name, value] : body.items()) {
    const FieldDescriptor* field = FindField(*properties.GetDescriptor(), name);
    if (field != nullptr) {
      if (value.is_null() || ReadField(value, {.scalars = scalars}, *field, properties, nullptr))
        continue;
      reflection.ClearField(&properties, field);
    }
    if (texts.empty()) texts = ValueTexts(json);
    Message& entry = *reflection.AddMessage(&properties, &additional);
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
  const Json body = Json::parse(json.begin(), json.end(), nullptr, /*allow_exceptions=*/false);
  std::string fault;
  if (!body.is_object() || !ReadObject(body, Reading{.skip_unknown = true}, answer, &fault)) {
    return absl::InternalError(
        fault.empty() ? "not a JSON object"
                      : absl::StrCat("property '", fault.substr(1), "' has an unexpected type"));
  }
  return absl::OkStatus();
}

std::string PropertyAtFault(absl::string_view message, const Message& properties) {
  const Descriptor& type = *properties.GetDescriptor();
  std::string named = NamedProperty(message, type);
  if (named.empty()) named = PropertyOfEnumClass(message);
  if (!named.empty() && FindField(type, named) == nullptr) return named;  // already a nested path
  const std::string mistyped = MistypedProperty(properties, named);
  if (!mistyped.empty()) return mistyped;
  if (named.empty() && absl::StrContains(message, "\"this.input\" is null")) return "rtspUri";
  return named;
}

}  // namespace openvidu::token
