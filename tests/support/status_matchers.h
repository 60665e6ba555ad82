#ifndef TESTS_SUPPORT_STATUS_MATCHERS_H_
#define TESTS_SUPPORT_STATUS_MATCHERS_H_

// Matchers that Abseil 20220623 does not have yet.

#include <gmock/gmock.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace openvidu::token {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& result) {
  return result.status();
}

/// Matches a Status or StatusOr of this code.
MATCHER_P(StatusIs, code, "") {
  *result_listener << "status is " << GetStatus(arg).ToString();
  return GetStatus(arg).code() == code;
}

/// Matches a Status or StatusOr of this code whose message matches.
MATCHER_P2(StatusIs, code, message_matcher, "") {
  const absl::Status& status = GetStatus(arg);
  *result_listener << "status is " << status.ToString();
  return status.code() == code &&
         testing::ExplainMatchResult(message_matcher, std::string(status.message()),
                                     result_listener);
}

MATCHER(IsOk, "") {
  *result_listener << "status is " << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

/// Matches a StatusOr that holds a value that matches.
MATCHER_P(IsOkAndHolds, value_matcher, "") {
  if (!arg.ok()) {
    *result_listener << "status is " << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(value_matcher, *arg, result_listener);
}

}  // namespace openvidu::token

#endif  // TESTS_SUPPORT_STATUS_MATCHERS_H_
