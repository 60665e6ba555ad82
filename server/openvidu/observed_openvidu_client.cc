#include "server/openvidu/observed_openvidu_client.h"

namespace openvidu::token {

using Clock = std::chrono::steady_clock;

absl::string_view NameOf(UpstreamOperation operation) {
  return operation == UpstreamOperation::kCreateSession ? "CreateSession" : "CreateConnection";
}

template <typename T, typename Send>
void ObservedOpenViduClient::Observe(UpstreamOperation operation, const CallContext& context,
                                     Done<T> done, const Send& send) {
  const UpstreamAttempt attempt{operation, deployment_};
  const auto observed = std::make_shared<CallContext>(context);
  for (UpstreamObserver* const observer : observers_) observer->OnStart(attempt, *observed);
  send(*observed, [this, attempt, observed, began = Clock::now(),
                   done = std::move(done)](absl::StatusOr<T> result) mutable {
    const Clock::duration took = Clock::now() - began;
    for (UpstreamObserver* const observer : observers_) {
      observer->OnEnd(attempt, *observed, result.status(), took);
    }
    done(std::move(result));
  });
}

void ObservedOpenViduClient::CreateSession(const CallContext& context,
                                           const v1::SessionProperties& properties,
                                           Done<v1::Session> done) {
  Observe<v1::Session>(UpstreamOperation::kCreateSession, context, std::move(done),
                       [&](const CallContext& observed, Done<v1::Session> ended) {
                         client_->CreateSession(observed, properties, std::move(ended));
                       });
}

void ObservedOpenViduClient::CreateConnection(const CallContext& context,
                                              absl::string_view session_id,
                                              const v1::ConnectionProperties& properties,
                                              Done<v1::Connection> done) {
  Observe<v1::Connection>(UpstreamOperation::kCreateConnection, context, std::move(done),
                          [&](const CallContext& observed, Done<v1::Connection> ended) {
                            client_->CreateConnection(observed, session_id, properties,
                                                      std::move(ended));
                          });
}

}  // namespace openvidu::token
