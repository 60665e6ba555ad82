#include "common/grpc_status.h"

#include <string>

namespace openvidu::token {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto details = status.GetPayload(kStatusDetailsUrl);
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          details.has_value() ? std::string(*details) : std::string()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status converted(static_cast<absl::StatusCode>(status.error_code()),
                         status.error_message());
  if (!status.error_details().empty()) {
    converted.SetPayload(kStatusDetailsUrl, absl::Cord(status.error_details()));
  }
  return converted;
}

}  // namespace openvidu::token
