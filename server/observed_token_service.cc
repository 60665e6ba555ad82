#include "server/observed_token_service.h"

#include <memory>

namespace openvidu::token {

using Clock = std::chrono::steady_clock;

absl::string_view NameOf(RpcMethod method) {
  switch (method) {
    case RpcMethod::kInitializeSession:
      return "InitializeSession";
    case RpcMethod::kCreateConnection:
      return "CreateConnection";
    case RpcMethod::kJoinSession:
      return "JoinSession";
  }
  return "";
}

template <typename Send>
void ObservedTokenService::Observe(RpcMethod method, const CallContext& context, Done done,
                                   const Send& send) {
  const auto observed = std::make_shared<CallContext>(context);
  for (RpcObserver* const observer : observers_) observer->OnStart(method, *observed);
  send(*observed, [this, method, observed, began = Clock::now(),
                   done = std::move(done)](const absl::Status& status) mutable {
    const Clock::duration took = Clock::now() - began;
    for (RpcObserver* const observer : observers_) observer->OnEnd(method, *observed, status, took);
    done(status);
  });
}

void ObservedTokenService::InitializeSession(const CallContext& context,
                                             const v1::InitializeSessionRequest& request,
                                             v1::InitializeSessionResponse& response, Done done) {
  Observe(RpcMethod::kInitializeSession, context, std::move(done),
          [&](const CallContext& observed, Done ended) {
            service_.InitializeSession(observed, request, response, std::move(ended));
          });
}

void ObservedTokenService::CreateConnection(const CallContext& context,
                                            const v1::CreateConnectionRequest& request,
                                            v1::CreateConnectionResponse& response, Done done) {
  Observe(RpcMethod::kCreateConnection, context, std::move(done),
          [&](const CallContext& observed, Done ended) {
            service_.CreateConnection(observed, request, response, std::move(ended));
          });
}

void ObservedTokenService::JoinSession(const CallContext& context,
                                       const v1::JoinSessionRequest& request,
                                       v1::JoinSessionResponse& response, Done done) {
  Observe(RpcMethod::kJoinSession, context, std::move(done),
          [&](const CallContext& observed, Done ended) {
            service_.JoinSession(observed, request, response, std::move(ended));
          });
}

}  // namespace openvidu::token
