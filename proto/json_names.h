#ifndef PROTO_JSON_NAMES_H_
#define PROTO_JSON_NAMES_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace openvidu::token {

/// The field of `type` that OpenVidu's JSON calls `json_name`; null where there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& type,
                                                   absl::string_view json_name);

/// The map field of properties that the contract does not know, or whose values no field holds.
bool IsAdditional(const google::protobuf::FieldDescriptor& field);
const google::protobuf::FieldDescriptor* FindAdditional(const google::protobuf::Descriptor& type);

/// The additional properties by name, each as JSON text: the map field's own order is arbitrary.
std::map<std::string, std::string> AdditionalProperties(const google::protobuf::Message& message);

/// "PUBLISHER" for ROLE_PUBLISHER of Role, and back; null where there is none.
absl::string_view EnumWord(const google::protobuf::EnumValueDescriptor& value);
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::FieldDescriptor& field, absl::string_view word);

}  // namespace openvidu::token

#endif  // PROTO_JSON_NAMES_H_
