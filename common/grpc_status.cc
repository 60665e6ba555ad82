#include "common/grpc_status.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status_details.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace openvidu::token {
namespace {

constexpr char kLimitKey[] = "limit";  // of ErrorInfo's metadata

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message(status.message());
  const std::string reason = ReasonOf(status);
  const std::string field = FieldOf(status);
  const absl::Duration retry_after = RetryAfterOf(status);
  if (reason.empty() && field.empty() && retry_after <= absl::ZeroDuration()) {
    return {code, message};
  }

  google::rpc::Status rich;
  rich.set_code(code);
  rich.set_message(message);
  if (!reason.empty()) {
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    info.set_domain(kErrorDomain);
    if (const int limit = LimitOf(status); limit > 0) {
      (*info.mutable_metadata())[kLimitKey] = absl::StrCat(limit);
    }
    rich.add_details()->PackFrom(info);
  }
  if (!field.empty()) {
    google::rpc::BadRequest bad_request;
    auto& violation = *bad_request.add_field_violations();
    violation.set_field(field);
    violation.set_description(message);
    rich.add_details()->PackFrom(bad_request);
  }
  if (retry_after > absl::ZeroDuration()) {
    google::rpc::RetryInfo info;
    const timespec delay = absl::ToTimespec(retry_after);
    info.mutable_retry_delay()->set_seconds(delay.tv_sec);
    info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.tv_nsec));
    rich.add_details()->PackFrom(info);
  }
  return {code, message, rich.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status converted(static_cast<absl::StatusCode>(status.error_code()),
                         status.error_message());
  google::rpc::Status rich;
  if (!rich.ParseFromString(status.error_details())) return converted;
  for (const google::protobuf::Any& detail : rich.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info)) {
      converted = WithReason(std::move(converted), info.reason());
      int limit = 0;
      const auto found = info.metadata().find(kLimitKey);
      if (found != info.metadata().end() && absl::SimpleAtoi(found->second, &limit)) {
        converted = WithLimit(std::move(converted), limit);
      }
    } else if (detail.UnpackTo(&bad_request) && bad_request.field_violations_size() > 0) {
      converted = WithField(std::move(converted), bad_request.field_violations(0).field());
    } else if (detail.UnpackTo(&retry)) {
      converted =
          WithRetryAfter(std::move(converted), absl::Seconds(retry.retry_delay().seconds()) +
                                                   absl::Nanoseconds(retry.retry_delay().nanos()));
    }
  }
  return converted;
}

}  // namespace openvidu::token
