#ifndef GATEWAY_GRPC_TIMEOUT_H_
#define GATEWAY_GRPC_TIMEOUT_H_

#include <httplib.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// The header by which an HTTP caller says how long it waits, in gRPC's own form.
inline constexpr char kGrpcTimeoutHeader[] = "Grpc-Timeout";

/// Reads gRPC's `Timeout`: one to eight digits and a unit, H, M, S, m, u or n (hours to
/// nanoseconds), such as 5S or 250m. Errors: kInvalidArgument, with the header as its field.
absl::StatusOr<absl::Duration> ParseGrpcTimeout(absl::string_view text);

/// Returns how long the caller of `request` waits, infinite where it does not say so. Errors: those
/// of ParseGrpcTimeout; the header comes twice.
absl::StatusOr<absl::Duration> GrpcTimeoutOf(const httplib::Request& request);

}  // namespace openvidu::token

#endif  // GATEWAY_GRPC_TIMEOUT_H_
