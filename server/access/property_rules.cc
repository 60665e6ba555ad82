#include "server/access/property_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "openvidu/token/v1/token_service.pb.h"
#include "proto/json_names.h"
#include "server/access/decision.h"

namespace openvidu::token {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr absl::string_view kOwnRules[] = {
    // Of sessions.
    "customSessionId", "recordingMode",
    // Of connections.
    "type", "data", "role", "kurentoOptions", "customIceServers", "rtspUri", "adaptativeBitrate",
    "onlyPlayWithSubscribers", "networkCache"};

/// What is left of a name that was dressed up.
std::string Folded(absl::string_view name) {
  std::string folded;
  for (char c : name) {
    if (absl::ascii_isalnum(c)) folded += absl::ascii_tolower(c);
  }
  return folded;
}

const Descriptor* const* Bodies() {
  static const Descriptor* const bodies[] = {v1::SessionProperties::descriptor(),
                                             v1::ConnectionProperties::descriptor(), nullptr};
  return bodies;
}

std::string Shown(absl::string_view name) {
  return absl::StrCat("property '", Printable(name, 100), "'");
}

/// An array without elements says as little as none, but no field can hold it.
bool IsEmptyArray(const FieldDescriptor& field, const std::string& json) {
  if (!field.is_repeated()) return false;
  const auto value = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  return value.is_array() && value.empty();
}

}  // namespace

bool HasOwnRule(absl::string_view name) {
  return std::find(std::begin(kOwnRules), std::end(kOwnRules), name) != std::end(kOwnRules);
}

bool IsDisguised(absl::string_view name) {
  const std::string folded = Folded(name);
  for (const Descriptor* const* body = Bodies(); *body != nullptr; ++body) {
    for (int i = 0; i < (*body)->field_count(); ++i) {
      const std::string& known = (*body)->field(i)->json_name();
      if (IsAdditional(*(*body)->field(i))) continue;
      if (folded == Folded(known) && name != known) return true;
    }
  }
  return false;
}

bool OtherProperties::Allow(absl::string_view name, bool known) const {
  if (mode == Mode::kListed) return names.count(std::string(name)) > 0;
  if (known || mode == Mode::kKnown) return known;
  return !HasOwnRule(name) && !IsDisguised(name) &&
         std::all_of(name.begin(), name.end(), absl::ascii_isgraph);
}

absl::Status CheckOtherProperties(const OtherProperties& allowed, const Message& properties,
                                  absl::string_view group) {
  const Descriptor& type = *properties.GetDescriptor();
  for (const auto& [name, json] : AdditionalProperties(properties)) {
    const FieldDescriptor* field = FindField(type, name);
    if (field != nullptr && IsEmptyArray(*field, json)) continue;
    if (field != nullptr) {
      // OpenVidu might read it in a way that the rules do not: they judge fields.
      return NotAllowed(name, absl::StrCat("a value or a member of this kind in ", Shown(name)),
                        group);
    }
    if (!allowed.Allow(name, /*known=*/false)) {
      return NotAllowed(Printable(name, 100), Shown(name), group);
    }
  }
  std::vector<const FieldDescriptor*> fields;
  properties.GetReflection()->ListFields(properties, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string& name = field->json_name();
    if (IsAdditional(*field) || HasOwnRule(name) || allowed.Allow(name, /*known=*/true)) continue;
    return NotAllowed(name, Shown(name), group);
  }
  return absl::OkStatus();
}

}  // namespace openvidu::token
