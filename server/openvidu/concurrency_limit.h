#ifndef SERVER_OPENVIDU_CONCURRENCY_LIMIT_H_
#define SERVER_OPENVIDU_CONCURRENCY_LIMIT_H_

#include <vector>

#include "absl/time/time.h"

namespace openvidu::token {

/// How many requests OpenVidu gets at once. It works on a few at a time and lets the others wait,
/// any number of them, each for as long as all before it take.
struct ConcurrencyLimitOptions {
  int fixed = 0;  ///< The limit. 0: follows the measured latency.
  int max = 64;   ///< Never above.
};

/// The limit of requests in flight that keeps OpenVidu busy and its own queue short. What has to be
/// in flight for that is its throughput times its latency without a queue (Little's law), which is
/// measured: of each round of answers the throughput is what was in flight by their mean latency;
/// and now and then, for a few answers, only half of the limit is used, unless no more was by
/// itself, which shows the latency without a queue. The limit is a quarter more, for noise, and
/// one, to see whether more is taken:
///
///     limit = 1.25 · in flight · latency without a queue / latency + 1
///
/// At 2 requests at once of 65 ms each that is 3. Has no clock. Not thread-safe.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(const ConcurrencyLimitOptions& options);

  /// At least 2, at most the options' max; or what is fixed.
  int limit() const;

  /// Whether one more may be sent while `in_flight` are. While it measures, that is fewer than the
  /// limit, down to 1.
  bool MaySend(int in_flight) const;

  /// The latency of late; zero when nothing is known.
  absl::Duration latency() const { return latency_; }
  /// The latency without a queue; zero when nothing is known.
  absl::Duration base_latency() const { return base_; }

  /// What was so when a request was sent; for its end.
  struct Sent {
    int in_flight = 0;  ///< It among them.
    int epoch = 0;
  };
  Sent OnSend(int in_flight_before) const { return {in_flight_before + 1, epoch_}; }
  /// It was answered after `latency`.
  void OnAnswer(const Sent& sent, absl::Duration latency);
  /// No answer came in time.
  void OnNoAnswer();

 private:
  static absl::Duration TakeMean(std::vector<absl::Duration>& latencies);
  void EndProbe(std::vector<absl::Duration>& latencies);
  void EndRound();
  int ProbeLimit() const;
  int ProbeAnswers() const;
  void SetLimit(double limit);

  const ConcurrencyLimitOptions options_;
  double limit_ = kMin;
  absl::Duration base_;
  absl::Duration latency_;

  int epoch_ =
      0;  // grows with each change of the limit, for the latency before tells nothing of it
  bool probing_ = true;
  std::vector<absl::Duration> latencies_;  // of the probe or the round under way
  std::vector<absl::Duration> unforced_;   // with no more in flight than in a probe
  int sum_in_flight_ = 0;                  // of the same
  int most_in_flight_ = 0;
  int answers_since_probe_ = 0;

  static constexpr double kMin = 2;
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_CONCURRENCY_LIMIT_H_
