#ifndef COMMON_GRPC_STATUS_H_
#define COMMON_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace openvidu::token {

/// Domain of the ErrorInfo that our statuses carry.
inline constexpr char kErrorDomain[] = "openvidu-token-service";

/// Convert between Abseil's status and gRPC's. The codes have the same numbers and are kept; field,
/// reason and retry-after (status_details.h) become google.rpc.BadRequest, ErrorInfo and RetryInfo
/// and come back from them.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace openvidu::token

#endif  // COMMON_GRPC_STATUS_H_
