#ifndef SERVER_ACCESS_PROPERTY_RULES_H_
#define SERVER_ACCESS_PROPERTY_RULES_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace openvidu::token {

/// What a group may set beside the properties that have a rule of their own (HasOwnRule).
struct OtherProperties {
  enum class Mode {
    kListed,  ///< Those of `names`.
    kKnown,   ///< Those that the contract has a field for.
    kAll,
  };
  Mode mode = Mode::kListed;
  std::set<std::string> names;

  /// Whether OpenVidu's property `name` may be set; `known`: the contract has a field for it.
  bool Allow(absl::string_view name, bool known) const;
};

/// Whether the policy has a key for this property of a session or a connection.
bool HasOwnRule(absl::string_view name);

/// Whether `name` only looks like a property that the contract knows, such as "Role" or "role ".
bool IsDisguised(absl::string_view name);

/// Checks what the contract's fields cannot hold, and the fields without a rule of their own.
/// Errors: Denied, to group `group`.
absl::Status CheckOtherProperties(const OtherProperties& allowed,
                                  const google::protobuf::Message& properties,
                                  absl::string_view group);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_PROPERTY_RULES_H_
