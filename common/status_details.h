#ifndef COMMON_STATUS_DETAILS_H_
#define COMMON_STATUS_DETAILS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::token {

// What a status says beside its code and message. It travels over gRPC as google.rpc details
// (common/grpc_status.h) and reaches HTTP callers as members of the problem.

/// Names the property at fault, as a dotted path in OpenVidu's spelling, such as
/// "defaultRecordingProperties.frameRate".
absl::Status WithField(absl::Status status, absl::string_view field);
/// Returns it, or "" where the status names none.
std::string FieldOf(const absl::Status& status);

/// Names the cause for programs, in UPPER_SNAKE_CASE, such as "UPSTREAM_UNREACHABLE".
absl::Status WithReason(absl::Status status, absl::string_view reason);
/// Returns it, or "" where the status names none.
std::string ReasonOf(const absl::Status& status);

/// Says how long to wait before the call is worth repeating; nothing where `pause` is not above
/// zero.
absl::Status WithRetryAfter(absl::Status status, absl::Duration pause);
/// Returns it, or zero where the status does not say.
absl::Duration RetryAfterOf(const absl::Status& status);

/// Says how many requests at once the limit is that refuses.
absl::Status WithLimit(absl::Status status, int limit);
/// Returns it, or 0 where the status does not say.
int LimitOf(const absl::Status& status);

/// Keeps which HTTP status of OpenVidu's it stands for, within this process.
absl::Status WithHttpStatus(absl::Status status, int http_status);
/// Returns that. 0: OpenVidu gave none.
int HttpStatusOf(const absl::Status& status);

}  // namespace openvidu::token

#endif  // COMMON_STATUS_DETAILS_H_
