#ifndef SERVER_RESILIENCE_RESILIENT_OPENVIDU_CLIENT_H_
#define SERVER_RESILIENCE_RESILIENT_OPENVIDU_CLIENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/time/time.h"
#include "net/reactor.h"
#include "server/openvidu/openvidu_client.h"
#include "server/resilience/retry_policy.h"
#include "server/resilience/shared_calls.h"

namespace openvidu::token {

/// An OpenViduClient that asks OpenVidu again where that is safe (retry_policy.h), and only once
/// where several callers want the same session at the same time. Its callbacks run on the reactor's
/// thread.
class ResilientOpenViduClient final : public OpenViduClient {
 public:
  /// `reactor` and `openvidu` outlive it. A shared request gets `timeout`.
  ResilientOpenViduClient(Reactor& reactor, OpenViduClient& openvidu, absl::Duration timeout,
                          const RetryOptions& options = {});
  ~ResilientOpenViduClient() override;

  /// Of the same custom id and equal properties at the same time, one request is sent: one call
  /// gets the session, the others kAlreadyExists.
  void CreateSession(const CallContext& context, const v1::SessionProperties& properties,
                     Done<v1::Session> done) override;
  void CreateConnection(const CallContext& context, absl::string_view session_id,
                        const v1::ConnectionProperties& properties,
                        Done<v1::Connection> done) override;
  void Shutdown() override;
  void AddStates(std::vector<UpstreamState>& states) const override {
    openvidu_.AddStates(states);
  }

  // On the reactor's thread.

  /// Attempts that were not a call's first.
  uint64_t retries() const { return retries_; }
  /// Calls for which another one's attempt served.
  uint64_t shared() const { return sessions_ == nullptr ? 0 : sessions_->shared(); }
  /// What is left of what retries may cost, of 1; at half nothing is tried again.
  double retry_budget() const { return budget_.tokens() / RetryBudget::kMaxTokens; }

 private:
  /// One call and its attempts.
  template <typename T>
  struct Call;

  template <typename T>
  void Begin(const CallContext& context, bool harmless_twice,
             absl::AnyInvocable<void(Done<T>)> send, Done<T> done);
  template <typename T>
  void Attempt(const std::shared_ptr<Call<T>>& call);
  template <typename T>
  void End(const std::shared_ptr<Call<T>>& call, absl::StatusOr<T> result);
  void GiveUp(const Reactor::Timer& timer);
  void GiveUpAll();

  Reactor& reactor_;
  OpenViduClient& openvidu_;
  const RetryOptions options_;

  // Of the reactor's thread.
  std::shared_ptr<ResilientOpenViduClient> self_;  ///< Owns nothing; null when being destroyed.
  bool stopping_ = false;                          ///< Nothing is sent again.
  absl::InsecureBitGen random_;
  RetryBudget budget_;
  uint64_t retries_ = 0;
  std::unique_ptr<SharedCalls<v1::Session>> sessions_;
  std::map<Reactor::Timer, absl::AnyInvocable<void(TransportFailure)>> paused_;
};

}  // namespace openvidu::token

#endif  // SERVER_RESILIENCE_RESILIENT_OPENVIDU_CLIENT_H_
