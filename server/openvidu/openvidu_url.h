#ifndef SERVER_OPENVIDU_OPENVIDU_URL_H_
#define SERVER_OPENVIDU_OPENVIDU_URL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Where OpenVidu is.
struct OpenViduUrl {
  bool tls = false;
  std::string host;  ///< A name, an IPv4 address, or an IPv6 address without brackets.
  int port = 0;      ///< 1…65535; the scheme's own where the URL names none.
  std::string path;  ///< Of a sub-path such as "/video": no trailing slash. Empty for none.

  /// The value of the Host header: without the port where it is the scheme's own (RFC 9110 §7.2).
  std::string HostHeader() const;
};

/// Parses "http://host", "https://host:4443/", "https://host/video".
/// Errors: kInvalidArgument that says what is wrong; it does not quote a password.
absl::StatusOr<OpenViduUrl> ParseOpenViduUrl(absl::string_view url);

/// Whether OpenVidu can have a session of this id, and it can stand in a path: letters, digits, '_'
/// and '-', and short enough for OpenVidu's 8 KiB of request head (openvidu-rest.md §1, §3).
bool IsPossibleSessionId(absl::string_view id);

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_OPENVIDU_URL_H_
