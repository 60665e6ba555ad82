#ifndef SERVER_OPENVIDU_OPENVIDU_URL_H_
#define SERVER_OPENVIDU_OPENVIDU_URL_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "http/http_url.h"

namespace openvidu::token {

/// Where OpenVidu is. Its path is that of a sub-path such as "/video": no trailing slash.
using OpenViduUrl = HttpUrl;

/// Parses "http://host", "https://host:4443/", "https://host/video".
/// Errors: kInvalidArgument that says what is wrong; it does not quote a password.
absl::StatusOr<OpenViduUrl> ParseOpenViduUrl(absl::string_view url);

/// Whether OpenVidu can have a session of this id, and it can stand in a path: letters, digits, '_'
/// and '-', and short enough for OpenVidu's 8 KiB of request head (openvidu-rest.md §1, §3).
bool IsPossibleSessionId(absl::string_view id);

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_OPENVIDU_URL_H_
