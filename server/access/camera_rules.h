#ifndef SERVER_ACCESS_CAMERA_RULES_H_
#define SERVER_ACCESS_CAMERA_RULES_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/camera_uri.h"

namespace openvidu::token {

/// Which cameras a group may have OpenVidu open.
struct CameraRules {
  std::set<std::string> schemes{"rtsp", "rtsps"};
  std::vector<std::string> hosts;  ///< MatchesHost; lower case. Of file: not looked at.
  std::set<int> ports;             ///< Empty: all.
  bool allow_user_info = false;
  bool allow_private_addresses = false;  ///< AddressClass::kPrivate too.
};

/// The parts of `uri`, where they are allowed. What its host's addresses are is not looked at.
/// Errors: kPermissionDenied that says, as the end of a sentence, what is not.
absl::StatusOr<CameraUri> CheckCameraUri(const CameraRules& rules, absl::string_view uri);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_CAMERA_RULES_H_
