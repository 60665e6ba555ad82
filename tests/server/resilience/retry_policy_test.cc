#include "server/resilience/retry_policy.h"

#include <gmock/gmock.h>

#include "common/status_details.h"

namespace openvidu::token {
namespace {

absl::Status Failure(absl::StatusCode code, absl::string_view reason) {
  return WithReason(absl::Status(code, "why"), reason);
}

TEST(RetryPolicyTest, OnlyWhatIsSafeMayBeRepeated) {
  using Code = absl::StatusCode;
  const struct {
    absl::Status status;
    bool any;       ///< Of any request.
    bool harmless;  ///< Of one that does no harm twice.
  } rows[] = {{Failure(Code::kUnavailable, "UPSTREAM_UNREACHABLE"), true, true},
              {Failure(Code::kUnavailable, "UPSTREAM_CIRCUIT_OPEN"), false, false},
              {Failure(Code::kUnavailable, "UPSTREAM_ANSWER_LOST"), false, true},
              {Failure(Code::kUnavailable, "UPSTREAM_ERROR"), false, true},
              {Failure(Code::kDeadlineExceeded, "UPSTREAM_UNREACHABLE"), false, false},
              {Failure(Code::kDeadlineExceeded, "UPSTREAM_ANSWER_LOST"), false, false},
              {Failure(Code::kCancelled, "UPSTREAM_ANSWER_LOST"), false, false},
              {Failure(Code::kResourceExhausted, "UPSTREAM_BUSY"), false, false},
              {Failure(Code::kInternal, "UPSTREAM_BAD_ANSWER"), false, false},
              {Failure(Code::kNotFound, "SESSION_NOT_FOUND"), false, false},
              {Failure(Code::kAlreadyExists, "SESSION_EXISTS"), false, false},
              {absl::OkStatus(), false, false}};
  for (const auto& row : rows) {
    EXPECT_EQ(MayRepeat(row.status, false), row.any) << row.status;
    EXPECT_EQ(MayRepeat(row.status, true), row.harmless) << row.status;
  }
}

TEST(RetryPolicyTest, PausesGrowAndAreJittered) {
  absl::InsecureBitGen random;
  const RetryOptions options = {.initial_backoff = absl::Milliseconds(100),
                                .max_backoff = absl::Milliseconds(300)};
  for (const auto& [attempt, most] :
       {std::pair(2, 100), {3, 200}, {4, 300}, {5, 300}, {1000, 300}}) {
    absl::Duration longest;
    for (int i = 0; i < 1000; ++i) {
      const absl::Duration pause = Backoff(options, attempt, random);
      ASSERT_GE(pause, absl::ZeroDuration());
      ASSERT_LE(pause, absl::Milliseconds(most));
      longest = std::max(longest, pause);
    }
    EXPECT_GT(longest, absl::Milliseconds(most / 2));
  }
}

TEST(RetryBudgetTest, WhereAllFailsNothingIsTriedAgain) {
  RetryBudget budget;
  int retries = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.OnFailure();
    retries += budget.MayRetry() ? 1 : 0;
  }
  EXPECT_LT(retries, 10);
  for (int i = 0; i < 200; ++i) budget.OnSuccess();
  EXPECT_TRUE(budget.MayRetry());
}

}  // namespace
}  // namespace openvidu::token
