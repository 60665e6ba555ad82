#ifndef COMMON_CALLER_H_
#define COMMON_CALLER_H_

#include <string>
#include <vector>

namespace openvidu::token {

/// Who makes a call, as the door saw it that the call came by.
struct Caller {
  std::string bearer_token;  ///< Of `Authorization: Bearer`; nobody has looked at it. Empty: none.
  /// The names in the client certificate that the TLS handshake verified: each subject alternative
  /// name, and the subject's common name, as `dns:`, `uri:`, `email:`, `ip:` or `cn:` and the name.
  /// Empty: none.
  std::vector<std::string> certificate_names;
  std::string address;     ///< The client's, numeric. Empty: not known.
  std::string request_id;  ///< Of this one request, for the logs: `X-Request-Id`. Empty: none.
};

}  // namespace openvidu::token

#endif  // COMMON_CALLER_H_
