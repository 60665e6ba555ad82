#include "common/status_details.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

constexpr char kFieldUrl[] = "openvidu.token/field";
constexpr char kReasonUrl[] = "openvidu.token/reason";
constexpr char kRetryAfterUrl[] = "openvidu.token/retry_after";
constexpr char kLimitUrl[] = "openvidu.token/limit";
constexpr char kHttpStatusUrl[] = "openvidu.token/http_status";

absl::Status With(absl::Status status, const char* url, absl::string_view text) {
  if (!text.empty()) status.SetPayload(url, absl::Cord(text));
  return status;
}

std::string Get(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : "";
}

/// 0 where there is none.
int GetNumber(const absl::Status& status, const char* url) {
  int number = 0;
  return absl::SimpleAtoi(Get(status, url), &number) && number > 0 ? number : 0;
}

}  // namespace

absl::Status WithField(absl::Status status, absl::string_view field) {
  return With(std::move(status), kFieldUrl, field);
}
std::string FieldOf(const absl::Status& status) { return Get(status, kFieldUrl); }

absl::Status WithReason(absl::Status status, absl::string_view reason) {
  return With(std::move(status), kReasonUrl, reason);
}
std::string ReasonOf(const absl::Status& status) { return Get(status, kReasonUrl); }

absl::Status WithRetryAfter(absl::Status status, absl::Duration pause) {
  if (pause <= absl::ZeroDuration()) return status;
  return With(std::move(status), kRetryAfterUrl, absl::FormatDuration(pause));
}
absl::Duration RetryAfterOf(const absl::Status& status) {
  absl::Duration pause;
  return absl::ParseDuration(Get(status, kRetryAfterUrl), &pause) ? pause : absl::ZeroDuration();
}

absl::Status WithLimit(absl::Status status, int limit) {
  if (limit <= 0) return status;
  return With(std::move(status), kLimitUrl, absl::StrCat(limit));
}
int LimitOf(const absl::Status& status) { return GetNumber(status, kLimitUrl); }

absl::Status WithHttpStatus(absl::Status status, int http_status) {
  return With(std::move(status), kHttpStatusUrl, absl::StrCat(http_status));
}
int HttpStatusOf(const absl::Status& status) { return GetNumber(status, kHttpStatusUrl); }

}  // namespace openvidu::token
