#include "server/openvidu/circuit_breaker.h"

#include <algorithm>
#include <cmath>

namespace openvidu::token {

bool CircuitBreaker::Refuses(TimePoint now) const {
  return state_ == State::kProbing || (state_ == State::kOpen && now < probe_at_);
}

absl::Duration CircuitBreaker::TimeToProbe(TimePoint now) const {
  if (state_ == State::kClosed) return absl::ZeroDuration();
  if (state_ == State::kProbing) return options_.initial_pause;
  return std::max(absl::FromChrono(probe_at_ - now), absl::ZeroDuration());
}

bool CircuitBreaker::OnSend() {
  if (state_ != State::kOpen) return false;
  state_ = State::kProbing;
  return true;
}

void CircuitBreaker::OnReached() {
  state_ = State::kClosed;
  failures_ = 0;
  pauses_ = 0;
}

void CircuitBreaker::OnUnreachable(TimePoint now, bool was_probe) {
  ++failures_;
  // What was sent before the circuit opened says nothing new.
  if (was_probe || (state_ == State::kClosed && failures_ >= options_.max_failures)) Open(now);
}

void CircuitBreaker::OnUndecided(bool was_probe) {
  if (was_probe && state_ == State::kProbing) state_ = State::kOpen;  // the next request probes
}

void CircuitBreaker::Open(TimePoint now) {
  const double factor = std::ldexp(1.0, std::min(pauses_++, 30));
  const absl::Duration pause = std::min(options_.initial_pause * factor, options_.max_pause);
  state_ = State::kOpen;
  probe_at_ = now + absl::ToChronoNanoseconds(pause * absl::Uniform(random_, 0.5, 1.0));
}

}  // namespace openvidu::token
