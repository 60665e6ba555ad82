#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/json_mapping.h"
#include "proto/json_names.h"
#include "proto/message_reader.h"

namespace openvidu::token {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr size_t kNowhere = absl::string_view::npos;

/// Where `message` names `property` in one of OpenVidu's ways: 'name', 'nameJson' or "parameter
/// name ".
size_t PlaceOf(absl::string_view property, absl::string_view message) {
  return std::min({message.find(absl::StrCat("'", property, "'")),
                   message.find(absl::StrCat("'", property, "Json'")),
                   message.find(absl::StrCat("arameter ", property, " "))});
}

/// The deepest property of `type` that `message` names. Of several it is the first: a value that is
/// quoted comes behind its property.
std::string NamedProperty(absl::string_view message, const Descriptor& type) {
  size_t first = kNowhere;
  const FieldDescriptor* named = nullptr;
  for (int i = 0; i < type.field_count(); ++i) {
    if (IsAdditional(*type.field(i))) continue;
    const size_t place = PlaceOf(type.field(i)->json_name(), message);
    if (place >= first) continue;
    first = place;
    named = type.field(i);
  }
  if (named == nullptr) return "";
  if (named->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return named->json_name();
  const std::string nested = NamedProperty(message.substr(first + 1), *named->message_type());
  return nested.empty() ? named->json_name() : absl::StrCat(named->json_name(), ".", nested);
}

/// "No enum constant io.openvidu.java.client.MediaMode.x" is about mediaMode, whatever x is.
std::string PropertyOfEnumClass(absl::string_view message, const Descriptor& type) {
  constexpr absl::string_view kClass = "No enum constant io.openvidu.java.client.";
  const size_t at = message.find(kClass);
  if (at == kNowhere) return "";
  message.remove_prefix(at + kClass.size());
  std::string name(message.substr(0, message.find('.')));
  if (!name.empty()) name[0] = absl::ascii_tolower(name[0]);
  return FindField(type, name) != nullptr ? name : "";
}

/// The first property, or that of the name `only`, whose field cannot hold its value.
std::string MistypedProperty(const Message& properties, absl::string_view only) {
  const auto additional = AdditionalProperties(properties);
  const Descriptor& type = *properties.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string& name = type.field(i)->json_name();
    const auto property = additional.find(name);
    if (property == additional.end() || (!only.empty() && name != only)) continue;
    MessageReader reader(MessageReader::Misfits::kEnd, Scalars::kAsThemselves);
    const std::unique_ptr<Message> scratch(properties.New());
    if (reader.Read(absl::StrCat("{\"", name, "\":", property->second, "}"), *scratch) ==
        MessageReader::Result::kMisfit) {
      return reader.misfit();
    }
  }
  return "";
}

}  // namespace

std::string PropertyAtFault(absl::string_view message, const Message& properties) {
  const Descriptor& type = *properties.GetDescriptor();
  std::string named = PropertyOfEnumClass(message, type);
  if (named.empty()) named = NamedProperty(message, type);
  if (!named.empty() && FindField(type, named) == nullptr) return named;  // already a nested path
  const std::string mistyped = MistypedProperty(properties, named);
  if (!mistyped.empty()) return mistyped;
  if (named.empty() && absl::StrContains(message, "\"this.input\" is null")) return "rtspUri";
  return named;
}

}  // namespace openvidu::token
