#ifndef SERVER_OPENVIDU_CIRCUIT_BREAKER_H_
#define SERVER_OPENVIDU_CIRCUIT_BREAKER_H_

#include <chrono>

#include "absl/random/random.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// When to stop trying to connect, and when to try again.
struct CircuitBreakerOptions {
  int max_failures = 5;  ///< In a row; then the circuit opens.
  /// The first pause, doubled with each probe that fails, up to max_pause. Half of a pause is
  /// chance, so that replicas do not probe together.
  absl::Duration initial_pause = absl::Milliseconds(100);
  absl::Duration max_pause = absl::Seconds(5);
};

/// Remembers that OpenVidu cannot be reached, so that calls need not find out one by one. Opens
/// after some failures in a row; after a pause one request is let through as a probe, and the
/// circuit closes when that reached OpenVidu. Has no clock of its own. Not thread-safe.
class CircuitBreaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit CircuitBreaker(const CircuitBreakerOptions& options) : options_(options) {}

  /// Whether nothing may be sent at `now`: in a pause, or while a probe is under way.
  bool Refuses(TimePoint now) const;

  /// How long until the next probe may be sent, as far as that is known at `now`.
  absl::Duration TimeToProbe(TimePoint now) const;

  enum class State { kClosed, kOpen, kProbing };
  State state() const { return state_; }

  // Of a request that was not refused, in this order.

  /// It is sent. Returns whether it is the probe; for the end.
  bool OnSend();
  /// OpenVidu was reached, whatever it answered.
  void OnReached();
  /// No connection could be made.
  void OnUnreachable(TimePoint now, bool was_probe);
  /// It ended before that was known.
  void OnUndecided(bool was_probe);

 private:
  void Open(TimePoint now);

  const CircuitBreakerOptions options_;
  absl::InsecureBitGen random_;
  State state_ = State::kClosed;
  int failures_ = 0;    // in a row
  int pauses_ = 0;      // since it was closed
  TimePoint probe_at_;  // kOpen
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_CIRCUIT_BREAKER_H_
