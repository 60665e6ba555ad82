#ifndef SERVER_ACCESS_GROUP_H_
#define SERVER_ACCESS_GROUP_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "openvidu/token/v1/token_service.pb.h"
#include "server/access/caller_match.h"
#include "server/access/caller_text.h"
#include "server/access/camera_rules.h"
#include "server/access/forced_data.h"
#include "server/access/property_rules.h"

namespace openvidu::token {

/// What some callers may do: a group of the policy (docs/policy.md). What is not set is as safe as
/// can be.
struct Group {
  std::string name;
  CallerMatch match;

  /// Globs of session ids (SessionIsAllowed). "*" alone: also sessions that OpenVidu names.
  std::vector<CallerText> sessions;
  bool any_session = true;  ///< Else only `sessions`.
  bool create_sessions = true;
  std::set<int> recording_modes{v1::RECORDING_MODE_MANUAL};

  std::set<int> roles{v1::ROLE_SUBSCRIBER, v1::ROLE_PUBLISHER};
  v1::Role default_role = v1::ROLE_PUBLISHER;  ///< Unspecified: a role has to be asked for.
  std::optional<CameraRules> ipcam;
  bool custom_ice_servers = false;
  bool kurento_options = false;
  std::set<std::string> filters;  ///< Of kurentoOptions.allowedFilters.
  std::optional<int> max_video_send_kbps;
  std::optional<int> max_video_recv_kbps;
  ForcedData data;

  OtherProperties other;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_GROUP_H_
