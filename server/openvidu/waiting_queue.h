#ifndef SERVER_OPENVIDU_WAITING_QUEUE_H_
#define SERVER_OPENVIDU_WAITING_QUEUE_H_

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <list>
#include <optional>
#include <utility>

#include "absl/time/time.h"

namespace openvidu::token {

/// Who goes first where requests wait.
enum class Priority {
  kConnection,  ///< Of a session that is there: people wait for it.
  kSession,
};

/// How long requests may wait.
struct WaitingQueueOptions {
  size_t max_waiting = 4096;
  /// The longest wait that is no overload.
  absl::Duration max_delay = absl::Milliseconds(50);
  /// What comes within this time, since the wait became longer, is a burst, however long it is.
  absl::Duration burst_window = absl::Milliseconds(100);
  /// A burst whose oldest has waited for so long is overload.
  absl::Duration max_burst_age = absl::Seconds(5);
  /// Overload has ended when the wait was short for so long.
  absl::Duration recovery = absl::Seconds(1);
};

/// Requests that wait for their turn at OpenVidu, which refuses none and makes all wait. Who has to
/// be refused is refused when it comes, and not when it has waited. That depends on how it is:
/// * calm: the wait is short. All may wait.
/// * burst: much has come at once, such as a room that fills. All of it may wait, and then whoever
///   comes for one that goes: where no more are here or at OpenVidu than before, they are callers
///   who wait for their answers.
/// * overload: it grows on. Only a short wait is taken, and three of four turns go to those; the
///   fourth to what is left of the burst.
/// Has no clock of its own. Not thread-safe.
template <typename T>
class WaitingQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// What OpenVidu can do at present.
  struct Service {
    absl::Duration latency;       ///< Of one request; zero: nothing is known, and nobody refused.
    absl::Duration base_latency;  ///< The same with no other request there.
    int at_once = 1;
    int in_flight = 0;  ///< Requests that are there now.
  };

  struct Entry {
    T value;
    TimePoint came;
    TimePoint deadline;
  };
  /// Where a request waits, until it is taken or removed.
  struct Place {
    size_t lane = 0;
    typename std::list<Entry>::iterator entry;
  };

  explicit WaitingQueue(const WaitingQueueOptions& options) : options_(options) {}

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  /// Whether a request that comes `now` may wait, and where. `persists`: it is a part of a call
  /// that has cost OpenVidu something already, and waits as if it were of a burst.
  std::optional<size_t> Admit(Priority priority, bool persists, TimePoint now, TimePoint deadline,
                              const Service& service) {
    if (size_ >= options_.max_waiting) return std::nullopt;
    const bool connects = priority == Priority::kConnection;
    if (state_ == State::kOverload && now - last_long_wait_ > Chrono(options_.recovery)) {
      state_ = State::kCalm;
    }
    size_t ahead = size_;
    if (state_ == State::kOverload) {
      ahead = lanes_[kConnections].size() + (connects ? 0 : lanes_[kSessions].size());
    }
    const absl::Duration short_wait =
        std::max(options_.max_delay, service.base_latency * kShareOfBase);
    if (Wait(ahead, service) <= short_wait) {
      if (state_ == State::kBurst) state_ = State::kCalm;
      if (now + Chrono(Wait(ahead, service) + service.base_latency) > deadline) return std::nullopt;
      return connects ? kConnections : kSessions;
    }
    last_long_wait_ = now;
    if (state_ == State::kCalm) {
      state_ = State::kBurst;
      burst_ends_ = now + Chrono(options_.burst_window);
      most_before_ = 0;
      most_now_ = 0;
      most_since_ = now;
    }
    if (state_ == State::kBurst) {
      const size_t present = size_ + static_cast<size_t>(service.in_flight);
      if (now > burst_ends_ && Grows(present, now) &&
          Wait(size_, service) > short_wait * kShortWaitsOfABurst) {
        state_ = State::kOverload;
      }
      if (BurstAge(now) > options_.max_burst_age) state_ = State::kOverload;
      most_now_ = std::max(most_now_, present + 1);
    }
    if (state_ == State::kOverload && !persists) return std::nullopt;
    if (now + Chrono(Wait(size_, service) + service.latency) > deadline) return std::nullopt;
    return connects ? kBurstConnections : kBurstSessions;
  }

  /// Lets it wait in the lane that Admit() gave.
  Place Add(size_t lane, T value, TimePoint now, TimePoint deadline) {
    lanes_[lane].push_back({std::move(value), now, deadline});
    ++size_;
    return {lane, std::prev(lanes_[lane].end())};
  }

  T Remove(const Place& place) {
    T value = std::move(place.entry->value);
    lanes_[place.lane].erase(place.entry);
    --size_;
    return value;
  }

  /// Whose turn it is, of those that wait; the queue is not empty.
  Place Next() {
    constexpr Lanes kInTurn = {kConnections, kBurstConnections, kSessions, kBurstSessions};
    constexpr Lanes kShortWaitsFirst = {kConnections, kSessions, kBurstConnections, kBurstSessions};
    const Lanes& order = state_ == State::kOverload ? kShortWaitsFirst : kInTurn;
    std::optional<Place> first;
    std::optional<Place> overtaken;  // the oldest of them
    for (const size_t lane : order) {
      if (lanes_[lane].empty()) continue;
      const Place place{lane, lanes_[lane].begin()};
      if (!first.has_value()) {
        first = place;
      } else if (!overtaken.has_value() || place.entry->came < overtaken->entry->came) {
        overtaken = place;
      }
    }
    return ++turns_ % kTurns == 0 && overtaken.has_value() ? *overtaken : *first;
  }

  /// How long all that wait will take.
  absl::Duration Wait(const Service& service) const { return Wait(size_, service); }

 private:
  enum Lane : size_t { kConnections, kSessions, kBurstConnections, kBurstSessions };
  enum class State { kCalm, kBurst, kOverload };
  static constexpr size_t kLanes = 4;
  using Lanes = std::array<size_t, kLanes>;
  static constexpr int kTurns = 4;
  static constexpr double kShareOfBase = 0.75;
  static constexpr double kShortWaitsOfABurst = 5;

  static std::chrono::nanoseconds Chrono(absl::Duration duration) {
    return absl::ToChronoNanoseconds(duration);
  }

  /// Until it is the turn of one with so many ahead.
  static absl::Duration Wait(size_t ahead, const Service& service) {
    return service.latency * (static_cast<double>(ahead + 1) / service.at_once);
  }

  /// Whether one more than `present` would be more than there were of late. Those in flight count,
  /// for as the limit of these falls, more of the same callers wait.
  bool Grows(size_t present, TimePoint now) {
    const std::chrono::nanoseconds window = Chrono(options_.burst_window);
    if (now - most_since_ > window) {
      most_before_ = now - most_since_ > 2 * window ? present : most_now_;
      most_now_ = present;
      most_since_ = now;
    }
    return present >= std::max(most_before_, most_now_);
  }

  absl::Duration BurstAge(TimePoint now) const {
    absl::Duration age;
    for (const size_t lane : {kBurstConnections, kBurstSessions}) {
      if (lanes_[lane].empty()) continue;
      age = std::max(age, absl::FromChrono(now - lanes_[lane].front().came));
    }
    return age;
  }

  const WaitingQueueOptions options_;
  std::array<std::list<Entry>, kLanes> lanes_;
  size_t size_ = 0;
  int turns_ = 0;
  State state_ = State::kCalm;
  TimePoint last_long_wait_;
  TimePoint burst_ends_;
  size_t most_before_ = 0;  // that were present in the burst window before most_since_
  size_t most_now_ = 0;     // … since then
  TimePoint most_since_;
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_WAITING_QUEUE_H_
