#ifndef COMMON_RATE_LIMITER_H_
#define COMMON_RATE_LIMITER_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// How many requests one caller may make.
struct RateLimiterOptions {
  double rate = 0;               ///< A second, in the long run. 0: no limit.
  int burst = 20;                ///< At once, after a time without any.
  size_t max_callers = 100'000;  ///< Remembered; beyond, who was quiet for longest is forgotten.
};

/// The reason (status_details.h) of what is refused for it.
inline constexpr char kRateLimited[] = "RATE_LIMITED";

/// Errors: kInvalidArgument naming every mistake, by the flags `name` and `name`_burst, one a line.
absl::Status CheckRateLimit(absl::string_view name, const RateLimiterOptions& options);

/// Limits what one caller may ask for, by a token bucket for each (GCRA: what is kept of a caller
/// is the one moment at which its bucket is full again). Has no clock of its own. Thread-safe.
class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Decision {
    bool allowed = true;
    int limit = 0;               ///< The burst.
    int remaining = 0;           ///< Requests that would be allowed at once.
    absl::Duration reset;        ///< Until the bucket is full again.
    absl::Duration retry_after;  ///< Until the next request is allowed; zero where this one is.
  };

  explicit RateLimiter(const RateLimiterOptions& options);

  bool enabled() const { return options_.rate > 0; }

  /// Counts a request of `caller` at `now`, unless it is refused.
  Decision Take(absl::string_view caller, TimePoint now);

  /// The callers that are remembered.
  size_t size() const;

 private:
  struct Caller {
    std::string name;
    TimePoint full_at;
  };
  using Callers = std::list<Caller>;  // who asked last at the end

  void Forget(TimePoint now);

  const RateLimiterOptions options_;
  const std::chrono::nanoseconds interval_;  // in which one request comes back
  mutable std::mutex mutex_;                 // guards all below
  Callers callers_;
  std::unordered_map<std::string, Callers::iterator> places_;
};

}  // namespace openvidu::token

#endif  // COMMON_RATE_LIMITER_H_
