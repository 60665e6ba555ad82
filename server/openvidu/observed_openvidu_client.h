#ifndef SERVER_OPENVIDU_OBSERVED_OPENVIDU_CLIENT_H_
#define SERVER_OPENVIDU_OBSERVED_OPENVIDU_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/openvidu/openvidu_client.h"

namespace openvidu::token {

/// What is asked of OpenVidu.
enum class UpstreamOperation { kCreateSession, kCreateConnection };
inline constexpr UpstreamOperation kUpstreamOperations[] = {UpstreamOperation::kCreateSession,
                                                            UpstreamOperation::kCreateConnection};

/// The name of the OpenViduClient's call.
absl::string_view NameOf(UpstreamOperation operation);

/// One attempt, and whom it is made at: an index of OpenViduOptions::deployment_names().
struct UpstreamAttempt {
  UpstreamOperation operation;
  size_t deployment = 0;
};

/// Is told of every attempt at OpenVidu, also of those that are refused before anything is sent; a
/// retry is another one. Called on the client's own thread or the caller's; it must not wait.
class UpstreamObserver {
 public:
  virtual ~UpstreamObserver() = default;

  /// Before the attempt, which then has the context that this leaves.
  virtual void OnStart(const UpstreamAttempt& /*attempt*/, CallContext& /*context*/) {}

  /// Once for each of these. `context` is what OnStart() left; `status` has a reason where it is no
  /// success (OpenViduClient). `took`: with the wait for its turn.
  virtual void OnEnd(const UpstreamAttempt& attempt, const CallContext& context,
                     const absl::Status& status, std::chrono::steady_clock::duration took) = 0;
};

/// An OpenViduClient before another, which tells observers, in their order. Thread-safe.
class ObservedOpenViduClient final : public OpenViduClient {
 public:
  /// Borrows the observers.
  ObservedOpenViduClient(std::unique_ptr<OpenViduClient> client, size_t deployment,
                         std::vector<UpstreamObserver*> observers)
      : deployment_(deployment), observers_(std::move(observers)), client_(std::move(client)) {}

  void CreateSession(const CallContext& context, const v1::SessionProperties& properties,
                     Done<v1::Session> done) override;
  void CreateConnection(const CallContext& context, absl::string_view session_id,
                        const v1::ConnectionProperties& properties,
                        Done<v1::Connection> done) override;
  void Shutdown() override { client_->Shutdown(); }
  void AddStates(std::vector<UpstreamState>& states) const override { client_->AddStates(states); }

 private:
  /// Calls `send` with the context to call by and the end of the call.
  template <typename T, typename Send>
  void Observe(UpstreamOperation operation, const CallContext& context, Done<T> done,
               const Send& send);

  const size_t deployment_;
  const std::vector<UpstreamObserver*> observers_;
  const std::unique_ptr<OpenViduClient> client_;  // ends what is under way as it goes
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_OBSERVED_OPENVIDU_CLIENT_H_
