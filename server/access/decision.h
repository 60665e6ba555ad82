#ifndef SERVER_ACCESS_DECISION_H_
#define SERVER_ACCESS_DECISION_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status_details.h"

namespace openvidu::token {

/// A camera's host whose addresses have to be looked at yet (CameraCheck).
struct CameraHost {
  std::string host;  ///< A name or an address.
  bool allow_private_addresses = false;
};

/// Whether a caller may do what he asks for.
struct Decision {
  /// OK: allowed, once `camera` is. Else kPermissionDenied with the reason POLICY_DENIED and the
  /// property at fault; it says what is not allowed to whom.
  absl::Status status;
  std::string rule;        ///< The name of the group that decided. Empty: none takes the caller.
  bool may_create = true;  ///< Of a join: else the session has to be there.
  std::optional<CameraHost> camera;

  bool allowed() const { return status.ok(); }
};

/// The reason (status_details.h) of what the policy denies.
inline constexpr char kPolicyDenied[] = "POLICY_DENIED";

/// What a denied call ends with. `field` may be empty.
inline absl::Status Denied(absl::string_view field, absl::string_view message) {
  return WithReason(WithField(absl::PermissionDeniedError(message), field), kPolicyDenied);
}

/// The same, saying that `what` is not allowed to the group.
inline absl::Status NotAllowed(absl::string_view field, absl::string_view what,
                               absl::string_view group) {
  return Denied(field, absl::StrCat(what, " is not allowed to group '", group, "'"));
}

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_DECISION_H_
