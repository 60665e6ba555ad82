#ifndef GATEWAY_HTTP_STATUS_H_
#define GATEWAY_HTTP_STATUS_H_

#include "absl/status/status.h"

namespace openvidu::token {

/// The HTTP status that a failed call is answered with: the table of google/rpc/code.proto.
int HttpFromStatusCode(absl::StatusCode code);

}  // namespace openvidu::token

#endif  // GATEWAY_HTTP_STATUS_H_
