#ifndef COMMON_CALL_CONTEXT_H_
#define COMMON_CALL_CONTEXT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/cancellation.h"

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

/// What a call carries from its caller down to OpenVidu.
struct CallContext {
  absl::Time deadline = absl::InfiniteFuture();
  std::shared_ptr<Cancellation> cancellation;  ///< Null: the caller does not go.
  /// Whether the call has cost OpenVidu something already, so that refusing it now, where too many
  /// wait, would be a waste.
  bool persists = false;
  std::shared_ptr<const Caller> caller;  ///< Null: nothing is known.
  /// Whom the caller was found to be (server/access). Request ids are each subject's own; it
  /// holds no line break.
  std::string subject;
};

}  // namespace openvidu::token

#endif  // COMMON_CALL_CONTEXT_H_
