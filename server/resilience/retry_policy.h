#ifndef SERVER_RESILIENCE_RETRY_POLICY_H_
#define SERVER_RESILIENCE_RETRY_POLICY_H_

#include "absl/random/bit_gen_ref.h"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// How often and how soon to try again.
struct RetryOptions {
  int max_attempts = 4;  ///< The first one counts.
  /// The n-th pause is anything up to initial_backoff · 2ⁿ, and up to max_backoff: full jitter, so
  /// that callers who failed together do not come again together.
  absl::Duration initial_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Seconds(2);
};

/// Whether the same request may be sent again after `status`, by what it can have done. Sent again
/// is what did not reach OpenVidu, and, where `harmless_twice`, what may have.
bool MayRepeat(const absl::Status& status, bool harmless_twice);

/// Whether `status` says that nothing reached OpenVidu.
bool SaysNothingHappened(const absl::Status& status);

/// Limits retries to a fraction of the requests, for where everything fails, trying everything
/// again makes it worse. The scheme of gRPC's retry throttling (gRFC A6): each failure takes a
/// token, each success gives a tenth, and below half of the tokens nothing is tried again. Not
/// thread-safe.
class RetryBudget {
 public:
  bool MayRetry() const { return tokens_ > kMaxTokens / 2; }
  void OnSuccess();
  void OnFailure();

  /// What is left, of kMaxTokens.
  double tokens() const { return tokens_; }
  static constexpr double kMaxTokens = 20;

 private:
  double tokens_ = kMaxTokens;
};

/// The pause before attempt `attempt` (2 for the first retry).
absl::Duration Backoff(const RetryOptions& options, int attempt, absl::BitGenRef random);

}  // namespace openvidu::token

#endif  // SERVER_RESILIENCE_RETRY_POLICY_H_
