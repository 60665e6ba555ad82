#include "common/rate_limiter.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/flags.h"

namespace openvidu::token {
namespace {

// Of the oldest, how many are looked at with each request: more than one new caller needs.
constexpr int kForgetAtOnce = 2;

// Requests a second, and at once: far from where nanoseconds end.
constexpr double kMinRate = 0.001;
constexpr double kMaxRate = 1e6;
constexpr int kMaxBurst = 1'000'000;

}  // namespace

absl::Status CheckRateLimit(absl::string_view name, const RateLimiterOptions& options) {
  std::vector<absl::Status> statuses;
  if (!(options.rate >= 0 && options.rate <= kMaxRate)) {
    statuses.push_back(
        absl::InvalidArgumentError(absl::StrCat(name, " is from 0 to ", kMaxRate)));
  }
  if (options.rate > 0 && options.rate < kMinRate) {
    statuses.push_back(
        absl::InvalidArgumentError(absl::StrCat(name, " is 0 or at least ", kMinRate)));
  }
  if (options.burst < 1 || options.burst > kMaxBurst) {
    statuses.push_back(
        absl::InvalidArgumentError(absl::StrCat(name, "_burst is from 1 to ", kMaxBurst)));
  }
  return AllMistakes(statuses);
}

RateLimiter::RateLimiter(const RateLimiterOptions& options)
    : options_(options),
      interval_(options.rate > 0 ? absl::ToChronoNanoseconds(absl::Seconds(1) / options.rate)
                                 : std::chrono::nanoseconds(0)) {}

size_t RateLimiter::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return callers_.size();
}

RateLimiter::Decision RateLimiter::Take(absl::string_view caller, TimePoint now) {
  if (!enabled()) return {};
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto [place, is_new] = places_.try_emplace(std::string(caller));
  if (is_new) {
    callers_.push_back({place->first, now});
    place->second = std::prev(callers_.end());
  } else {
    callers_.splice(callers_.end(), callers_, place->second);
  }
  Caller& known = *place->second;
  const TimePoint full_at = std::max(known.full_at, now) + interval_;
  const std::chrono::nanoseconds bucket = interval_ * options_.burst;
  Decision decision;
  decision.limit = options_.burst;
  decision.allowed = full_at - now <= bucket;
  if (decision.allowed) {
    known.full_at = full_at;
  } else {
    decision.retry_after = absl::FromChrono(full_at - bucket - now);
  }
  const std::chrono::nanoseconds used = known.full_at - now;
  decision.remaining = static_cast<int>((bucket - used) / interval_);
  decision.reset = absl::FromChrono(used);
  Forget(now);
  return decision;
}

// Who has a full bucket is as one who never came. The caller of now is at the end and stays.
void RateLimiter::Forget(TimePoint now) {
  for (int i = 0; i < kForgetAtOnce && callers_.size() > 1; ++i) {
    const Caller& oldest = callers_.front();
    if (oldest.full_at > now && callers_.size() <= options_.max_callers) return;
    places_.erase(oldest.name);
    callers_.pop_front();
  }
}

}  // namespace openvidu::token
