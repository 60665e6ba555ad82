#include "server/resilience/retry_policy.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "common/status_details.h"

namespace openvidu::token {
namespace {

constexpr double kTokensForASuccess = 0.1;

}  // namespace

bool MayRepeat(const absl::Status& status, bool harmless_twice) {
  if (!absl::IsUnavailable(status)) return false;
  const std::string reason = ReasonOf(status);
  if (reason == "UPSTREAM_UNREACHABLE") return true;
  return harmless_twice && (reason == "UPSTREAM_ANSWER_LOST" || reason == "UPSTREAM_ERROR");
}

bool SaysNothingHappened(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "UPSTREAM_UNREACHABLE" || reason == "UPSTREAM_CIRCUIT_OPEN" ||
         reason == "UPSTREAM_BUSY";
}

void RetryBudget::OnSuccess() { tokens_ = std::min(kMaxTokens, tokens_ + kTokensForASuccess); }

void RetryBudget::OnFailure() { tokens_ = std::max(0.0, tokens_ - 1); }

absl::Duration Backoff(const RetryOptions& options, int attempt, absl::BitGenRef random) {
  const double factor = std::ldexp(1.0, std::clamp(attempt - 2, 0, 30));
  return std::min(options.initial_backoff * factor, options.max_backoff) *
         absl::Uniform(random, 0.0, 1.0);
}

}  // namespace openvidu::token
