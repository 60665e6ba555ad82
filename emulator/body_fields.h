#ifndef EMULATOR_BODY_FIELDS_H_
#define EMULATOR_BODY_FIELDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "emulator/java.h"
#include "emulator/json.h"

namespace openvidu::emulator {

/// Reads one field of a body after another as OpenVidu casts them. The first wrong type is kept and
/// all later reads return "absent", so that a rule reads as a list of fields in OpenVidu's order.
class BodyFields {
 public:
  /// `body` is an object and outlives this. `cast_prefix` begins the message of a wrong type.
  BodyFields(const Json& body, JavaTypes types, absl::string_view cast_prefix)
      : body_(body), types_(types), cast_prefix_(cast_prefix) {}

  /// Returns the field, or nullopt where it is absent or null.
  absl::optional<std::string> String(absl::string_view name);
  absl::optional<bool> Boolean(absl::string_view name);
  /// Returns an integer or double, or nullptr.
  const Json* Number(absl::string_view name);

  /// OK, or kInvalidArgument with the message of the first wrong type.
  const absl::Status& status() const { return status_; }

 private:
  const Json* Expect(absl::string_view name, bool (*fits)(const Json&),
                     absl::string_view java_class);

  const Json& body_;
  const JavaTypes types_;
  const std::string cast_prefix_;
  absl::Status status_;
};

/// What begins the message of most casts that fail (openvidu-rest.md §3 "Message prefixes").
inline constexpr absl::string_view kTypeErrorPrefix = "Type error in some parameter: ";

}  // namespace openvidu::emulator

#endif  // EMULATOR_BODY_FIELDS_H_
