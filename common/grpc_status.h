#ifndef COMMON_GRPC_STATUS_H_
#define COMMON_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace openvidu::token {

/// Converts between Abseil's and gRPC's status. The codes have the same numbers and are kept; the
/// payload of URL kStatusDetailsUrl (a serialized google.rpc.Status) and gRPC's binary details are
/// the same bytes.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

/// Type URL under which an absl::Status holds its serialized google.rpc.Status.
inline constexpr char kStatusDetailsUrl[] = "type.googleapis.com/google.rpc.Status";

}  // namespace openvidu::token

#endif  // COMMON_GRPC_STATUS_H_
