#include "proto/json_names.h"

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::EnumDescriptor;
using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

constexpr char kAdditional[] = "additional_properties";

/// "ROLE_" for Role: what the enum's unspecified value, number 0, has before UNSPECIFIED.
absl::string_view EnumPrefix(const EnumDescriptor& type) {
  absl::string_view prefix = type.value(0)->name();
  prefix.remove_suffix(absl::string_view("UNSPECIFIED").size());
  return prefix;
}

}  // namespace

const FieldDescriptor* FindField(const Descriptor& type, absl::string_view json_name) {
  const FieldDescriptor* const field = type.FindFieldByCamelcaseName(std::string(json_name));
  return field != nullptr && !IsAdditional(*field) ? field : nullptr;
}

bool IsAdditional(const FieldDescriptor& field) { return field.name() == kAdditional; }

const FieldDescriptor* FindAdditional(const Descriptor& type) {
  return type.FindFieldByName(kAdditional);
}

std::map<std::string, std::string> AdditionalProperties(const Message& message) {
  std::map<std::string, std::string> sorted;
  const FieldDescriptor* field = FindAdditional(*message.GetDescriptor());
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

absl::string_view EnumWord(const EnumValueDescriptor& value) {
  return absl::string_view(value.name()).substr(EnumPrefix(*value.type()).size());
}

const EnumValueDescriptor* FindEnumValue(const FieldDescriptor& field, absl::string_view word) {
  const EnumValueDescriptor* value =
      field.enum_type()->FindValueByName(absl::StrCat(EnumPrefix(*field.enum_type()), word));
  return value != nullptr && value->number() != 0 ? value : nullptr;
}

}  // namespace openvidu::token
