#ifndef SERVER_RESILIENCE_SHARED_CALLS_H_
#define SERVER_RESILIENCE_SHARED_CALLS_H_

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "net/reactor.h"
#include "server/openvidu/openvidu_client.h"
#include "server/openvidu/upstream_status.h"

namespace openvidu::token {

/// Lets callers who ask for the same thing at the same time share one call for it, and those who
/// ask a little later have its result. Each caller keeps a deadline and a cancellation of its own:
/// the call ends early only when the last of them has gone. Of the reactor's thread only.
template <typename T>
class SharedCalls {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;
  using Start = absl::AnyInvocable<void(const CallContext&, Done)>;

  /// `reactor` outlives this. A call gets `timeout`, whoever began it. A result that is no error is
  /// kept for `keep`, of `max_kept` calls at most.
  SharedCalls(Reactor& reactor, absl::Duration timeout, absl::Duration keep, size_t max_kept)
      : reactor_(reactor), timeout_(timeout), keep_(keep), max_kept_(max_kept) {}

  /// Ends what is under way with kCancelled.
  ~SharedCalls() {
    reactor_.Cancel(expiry_);
    for (auto& [key, call] : std::exchange(calls_, {})) {
      while (!call->waiters.empty()) {
        Leave(call, call->waiters.begin(), TransportFailure::kCancelled);
      }
      call->owner = nullptr;
    }
  }

  SharedCalls(const SharedCalls&) = delete;
  SharedCalls& operator=(const SharedCalls&) = delete;

  /// Gives `done` the result of the call of this key, and starts it by `start` where there is none.
  /// `content` is what the call is for: kAlreadyExists where the key's call is for something else.
  void Join(const std::string& key, const std::string& content, const CallContext& caller,
            Start start, Done done) {
    std::shared_ptr<Call>& slot = calls_[key];
    if (slot != nullptr && slot->content != content) return done(absl::AlreadyExistsError(""));
    const bool is_new = slot == nullptr;
    if (!is_new) ++shared_;
    if (!is_new && slot->result.has_value()) return done(*slot->result);
    if (is_new) slot = std::make_shared<Call>(Call{this, key, content});
    const std::shared_ptr<Call> call = slot;
    AddWaiter(call, caller, std::move(done));
    if (!is_new) return;
    call->cancellation = std::make_shared<Cancellation>();
    CallContext context{.deadline = absl::Now() + timeout_, .cancellation = call->cancellation};
    context.trace = caller.trace;  // of all who share it, the one that began it
    start(context, [call](absl::StatusOr<T> result) {
      if (call->owner != nullptr) call->owner->End(call, std::move(result));
    });
  }

  /// How many asked and had the call of another, or its result.
  uint64_t shared() const { return shared_; }

 private:
  struct Waiter {
    Done done;
    Reactor::Timer timer;
    std::shared_ptr<bool> is_here;
  };

  struct Call {
    SharedCalls* owner;  // null: gone
    const std::string key;
    const std::string content;
    std::list<Waiter> waiters;
    std::shared_ptr<Cancellation> cancellation;
    std::optional<absl::StatusOr<T>> result;  // kept
    Reactor::Clock::time_point expires;
  };

  using WaiterPlace = typename std::list<Waiter>::iterator;

  void AddWaiter(const std::shared_ptr<Call>& call, const CallContext& caller, Done done) {
    call->waiters.push_back({std::move(done), {}, std::make_shared<bool>(true)});
    const WaiterPlace place = std::prev(call->waiters.end());
    const absl::Duration left = std::clamp(caller.deadline - absl::Now(), absl::ZeroDuration(),
                                           timeout_ + absl::Seconds(1));
    place->timer = reactor_.RunAt(
        Reactor::Clock::now() + absl::ToChronoNanoseconds(left),
        [this, call, place] { Leave(call, place, TransportFailure::kAnswerDeadline); });
    if (caller.cancellation == nullptr) return;
    caller.cancellation->SetListener(
        [reactor = &reactor_, call, place, is_here = std::weak_ptr<bool>(place->is_here)] {
          reactor->Post([call, place, is_here] {
            if (is_here.expired() || call->owner == nullptr) return;
            call->owner->Leave(call, place, TransportFailure::kCancelled);
          });
        });
  }

  void Leave(const std::shared_ptr<Call>& call, WaiterPlace place, TransportFailure why) {
    Waiter waiter = std::move(*place);
    call->waiters.erase(place);
    reactor_.Cancel(waiter.timer);
    if (call->waiters.empty()) {
      // Nobody shall join what ends here.
      Forget(call);
      call->cancellation->Cancel();
    }
    waiter.done(StatusFromTransport(why, ""));
  }

  void End(const std::shared_ptr<Call>& call, absl::StatusOr<T> result) {
    std::list<Waiter> waiters = std::move(call->waiters);
    call->waiters.clear();
    for (Waiter& waiter : waiters) {
      reactor_.Cancel(waiter.timer);
      waiter.is_here = nullptr;
    }
    const auto it = calls_.find(call->key);
    if (it != calls_.end() && it->second == call) {
      if (result.ok() && keep_ > absl::ZeroDuration()) {
        Keep(call, result);
      } else {
        calls_.erase(it);
      }
    }
    for (Waiter& waiter : waiters) waiter.done(result);
  }

  void Keep(const std::shared_ptr<Call>& call, const absl::StatusOr<T>& result) {
    call->result = result;
    call->expires = Reactor::Clock::now() + absl::ToChronoNanoseconds(keep_);
    kept_.push_back(call);
    if (kept_.size() > max_kept_) DropOldest();
    if (expiry_ == Reactor::Timer()) Expire();
  }

  void Expire() {
    expiry_ = {};
    while (!kept_.empty() && kept_.front()->expires <= Reactor::Clock::now()) DropOldest();
    if (kept_.empty()) return;
    expiry_ = reactor_.RunAt(kept_.front()->expires, [this] { Expire(); });
  }

  void DropOldest() {
    Forget(kept_.front());
    kept_.pop_front();
  }

  void Forget(const std::shared_ptr<Call>& call) {
    const auto it = calls_.find(call->key);
    if (it != calls_.end() && it->second == call) calls_.erase(it);
  }

  Reactor& reactor_;
  const absl::Duration timeout_;
  const absl::Duration keep_;
  const size_t max_kept_;
  std::unordered_map<std::string, std::shared_ptr<Call>> calls_;
  std::list<std::shared_ptr<Call>> kept_;  // the oldest first
  Reactor::Timer expiry_;
  uint64_t shared_ = 0;
};

}  // namespace openvidu::token

#endif  // SERVER_RESILIENCE_SHARED_CALLS_H_
