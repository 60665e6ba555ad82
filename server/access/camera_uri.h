#ifndef SERVER_ACCESS_CAMERA_URI_H_
#define SERVER_ACCESS_CAMERA_URI_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// The parts of a camera's URI that decide where it leads.
struct CameraUri {
  std::string scheme;  ///< As OpenVidu has it: file, rtsp, rtsps, http or https.
  std::string host;    ///< A name or an address, in lower case, without brackets. Empty: of file.
  int port = 0;        ///< 0: none is given.
  bool has_user_info = false;
};

/// Reads a URI that every parser has to read alike; what one could take for another host is none.
/// It is ASCII of RFC 3986 without a fragment; the host is a name of letters, digits and hyphens
/// (no trailing dot, the last label begins with a letter), four decimal numbers, or an IPv6 address
/// in brackets, without a zone. A file's URI is file:///PATH.
/// Errors: kInvalidArgument that says, as the end of a sentence, what is wrong; it quotes nothing.
absl::StatusOr<CameraUri> ParseCameraUri(absl::string_view text);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_CAMERA_URI_H_
