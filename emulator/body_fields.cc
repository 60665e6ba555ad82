#include "emulator/body_fields.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace openvidu::emulator {

const Json* BodyFields::Expect(absl::string_view name, bool (*fits)(const Json&),
                               absl::string_view java_class) {
  const Json* value = status_.ok() ? body_.Find(name) : nullptr;
  if (value == nullptr || fits(*value)) return value;
  status_ = absl::InvalidArgumentError(
      absl::StrCat(cast_prefix_, CastMessage(*value, java_class, types_)));
  return nullptr;
}

absl::optional<std::string> BodyFields::String(absl::string_view name) {
  const Json* value = Expect(
      name, [](const Json& json) { return json.is_string(); }, "java.lang.String");
  if (value == nullptr) return absl::nullopt;
  return value->text();
}

absl::optional<bool> BodyFields::Boolean(absl::string_view name) {
  const Json* value = Expect(
      name, [](const Json& json) { return json.kind() == Json::Kind::kBoolean; },
      "java.lang.Boolean");
  if (value == nullptr) return absl::nullopt;
  return value->boolean();
}

const Json* BodyFields::Number(absl::string_view name) {
  return Expect(
      name,
      [](const Json& json) {
        return json.kind() == Json::Kind::kInteger || json.kind() == Json::Kind::kDouble;
      },
      "java.lang.Number");
}

}  // namespace openvidu::emulator
