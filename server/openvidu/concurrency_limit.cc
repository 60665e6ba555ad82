#include "server/openvidu/concurrency_limit.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace openvidu::token {
namespace {

constexpr double kTolerance = 1.25;
constexpr double kQueue = 1;
// Of one round the limit does not fall further than this: a round may be an accident.
constexpr double kMinFactor = 0.5;
constexpr double kFactorWithoutAnswer = 0.8;

constexpr int kMostOfTheMedian = 3;
// The least of many noisy means would be too low.
constexpr double kShareOfALowerMean = 0.25;
constexpr double kMuchLower = 0.7;

constexpr int kProbeAnswers = 4;  // or as many as are in flight
constexpr int kRoundAnswers = 8;  // or as many as the limit
// Between two probes, for each request that may be in flight: so a probe, which takes some two
// latencies, costs little whatever the limit.
constexpr int kAnswersBetweenProbes = 100;

// Below, what takes time is this process and the network: nothing to protect OpenVidu from.
constexpr absl::Duration kNegligible = absl::Milliseconds(5);

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(const ConcurrencyLimitOptions& options) : options_(options) {
  SetLimit(kMin);
}

int ConcurrencyLimit::limit() const {
  return options_.fixed > 0 ? options_.fixed : static_cast<int>(limit_);
}

// Half, rounded up: one above what OpenVidu works on at once becomes just that, and costs nothing.
int ConcurrencyLimit::ProbeLimit() const { return (limit() + 1) / 2; }

int ConcurrencyLimit::ProbeAnswers() const { return std::max(kProbeAnswers, ProbeLimit()); }

bool ConcurrencyLimit::MaySend(int in_flight) const {
  const bool fewer = probing_ && options_.fixed == 0;
  return in_flight < (fewer ? ProbeLimit() : limit());
}

void ConcurrencyLimit::OnAnswer(const Sent& sent, absl::Duration latency) {
  ++answers_since_probe_;
  latency = std::max(latency, absl::Nanoseconds(1));
  if (sent.epoch != epoch_) return;
  if (probing_ && sent.in_flight > ProbeLimit()) return;
  if (!probing_ && sent.in_flight <= ProbeLimit()) {
    unforced_.push_back(latency);
    if (static_cast<int>(unforced_.size()) >= ProbeAnswers()) EndProbe(unforced_);
  }
  latencies_.push_back(latency);
  sum_in_flight_ += sent.in_flight;
  most_in_flight_ = std::max(most_in_flight_, sent.in_flight);
  const int answers = static_cast<int>(latencies_.size());
  if (answers >= (probing_ ? ProbeAnswers() : std::max(kRoundAnswers, limit()))) EndRound();
}

void ConcurrencyLimit::OnNoAnswer() { SetLimit(limit_ * kFactorWithoutAnswer); }

// One that is much longer than the others, such as that of a session being closed, counts less.
absl::Duration ConcurrencyLimit::TakeMean(std::vector<absl::Duration>& latencies) {
  const auto middle = latencies.begin() + static_cast<std::ptrdiff_t>(latencies.size() / 2);
  std::nth_element(latencies.begin(), middle, latencies.end());
  const absl::Duration most = *middle * kMostOfTheMedian;
  absl::Duration sum;
  for (const absl::Duration latency : latencies) sum += std::min(latency, most);
  const absl::Duration mean = sum / static_cast<int64_t>(latencies.size());
  latencies.clear();
  return mean;
}

void ConcurrencyLimit::EndProbe(std::vector<absl::Duration>& latencies) {
  base_ = TakeMean(latencies);
  if (latency_ == absl::ZeroDuration()) latency_ = base_;
  answers_since_probe_ = 0;
}

void ConcurrencyLimit::EndRound() {
  const double in_flight =
      std::exchange(sum_in_flight_, 0) / static_cast<double>(latencies_.size());
  const int most_in_flight = std::exchange(most_in_flight_, 0);
  if (std::exchange(probing_, false)) return EndProbe(latencies_);
  const absl::Duration mean = TakeMean(latencies_);
  latency_ = mean;
  if (mean < base_ * kMuchLower) {
    base_ = mean;
  } else if (mean < base_) {
    base_ += (mean - base_) * kShareOfALowerMean;
  }
  const double factor = kTolerance * absl::FDivDuration(std::max(base_, kNegligible),
                                                        std::max(latency_, kNegligible));
  const double wanted = in_flight * std::max(factor, kMinFactor) + kQueue;
  // Where less was in flight than might have been, that shows at most that less is better.
  if (most_in_flight >= limit() || (factor < 1 && wanted < limit_)) SetLimit(wanted);
  probing_ = answers_since_probe_ >= kAnswersBetweenProbes * limit();
}

void ConcurrencyLimit::SetLimit(double limit) {
  const double max = options_.max;
  const int before = static_cast<int>(limit_);
  limit_ = std::clamp(limit, std::min(kMin, max), max);
  if (static_cast<int>(limit_) == before) return;
  ++epoch_;
  latencies_.clear();
  unforced_.clear();
  sum_in_flight_ = 0;
  most_in_flight_ = 0;
}

}  // namespace openvidu::token
