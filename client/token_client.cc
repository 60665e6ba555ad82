#include "client/token_client.h"

#include <algorithm>
#include <latch>
#include <utility>

#include "absl/time/clock.h"
#include "client/remote_token_service.h"
#include "common/call_context.h"
#include "proto/async_token_service.h"

namespace openvidu::token {
namespace {

/// What a call under way needs, kept until it has ended.
template <typename Request, typename Response, typename Done>
struct Call {
  Request request;
  Response response;
  Done done;
};

/// Makes a call that does not wait, and waits for it.
template <typename T, typename Start>
absl::StatusOr<T> Wait(Start start) {
  absl::StatusOr<T> result = absl::UnknownError("");
  std::latch ended{1};
  start([&](absl::StatusOr<T> ended_with) {
    result = std::move(ended_with);
    ended.count_down();
  });
  ended.wait();
  return result;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenClient>> TokenClient::Create(
    const TokenClientOptions& options) {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeTokenChannel(options);
  if (!channel.ok()) return channel.status();
  return std::make_unique<TokenClient>(*channel, options.timeout);
}

TokenClient::TokenClient(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout)
    : TokenClient(std::make_unique<RemoteTokenService>(channel), timeout) {}

TokenClient::TokenClient(AsyncTokenService& service, HealthCheck health, absl::Duration timeout)
    : service_(service), health_(std::move(health)), timeout_(timeout) {}

TokenClient::TokenClient(std::unique_ptr<RemoteTokenService> remote, absl::Duration timeout)
    : remote_(std::move(remote)),
      service_(*remote_),
      health_([remote = remote_.get()](absl::Duration wait, HealthDone done) {
        remote->CheckHealth(wait, std::move(done));
      }),
      timeout_(timeout) {}

TokenClient::~TokenClient() = default;

CallContext TokenClient::ContextOf(const CallOptions& options) const {
  return {.deadline = std::min(options.deadline, absl::Now() + timeout_),
          .cancellation = options.cancellation,
          .caller = options.caller,
          .trace = options.trace};
}

void TokenClient::InitializeSession(v1::SessionProperties properties, CallOptions options,
                                    Done<v1::InitializeSessionResponse> done) {
  using InitializeCall = Call<v1::InitializeSessionRequest, v1::InitializeSessionResponse,
                              Done<v1::InitializeSessionResponse>>;
  const auto call = std::make_shared<InitializeCall>();
  call->done = std::move(done);
  *call->request.mutable_properties() = std::move(properties);
  service_.InitializeSession(ContextOf(options), call->request, call->response,
                             [call](const absl::Status& status) {
                               if (!status.ok()) return call->done(status);
                               call->done(std::move(call->response));
                             });
}

void TokenClient::CreateConnection(absl::string_view session_id,
                                   v1::ConnectionProperties properties, CallOptions options,
                                   Done<v1::Connection> done) {
  using ConnectionCall =
      Call<v1::CreateConnectionRequest, v1::CreateConnectionResponse, Done<v1::Connection>>;
  const auto call = std::make_shared<ConnectionCall>();
  call->done = std::move(done);
  call->request.set_session_id(std::string(session_id));
  *call->request.mutable_properties() = std::move(properties);
  call->request.set_request_id(std::move(options.request_id));
  service_.CreateConnection(ContextOf(options), call->request, call->response,
                            [call](const absl::Status& status) {
                              if (!status.ok()) return call->done(status);
                              call->done(std::move(*call->response.mutable_connection()));
                            });
}

void TokenClient::JoinSession(absl::string_view custom_session_id, v1::SessionProperties session,
                              v1::ConnectionProperties connection, CallOptions options,
                              Done<v1::JoinSessionResponse> done) {
  using JoinCall =
      Call<v1::JoinSessionRequest, v1::JoinSessionResponse, Done<v1::JoinSessionResponse>>;
  const auto call = std::make_shared<JoinCall>();
  call->done = std::move(done);
  call->request.set_custom_session_id(std::string(custom_session_id));
  *call->request.mutable_session_properties() = std::move(session);
  *call->request.mutable_connection_properties() = std::move(connection);
  call->request.set_request_id(std::move(options.request_id));
  service_.JoinSession(ContextOf(options), call->request, call->response,
                       [call](const absl::Status& status) {
                         if (!status.ok()) return call->done(status);
                         call->done(std::move(call->response));
                       });
}

absl::StatusOr<v1::InitializeSessionResponse> TokenClient::InitializeSession(
    v1::SessionProperties properties, CallOptions options) {
  return Wait<v1::InitializeSessionResponse>([&](Done<v1::InitializeSessionResponse> done) {
    InitializeSession(std::move(properties), std::move(options), std::move(done));
  });
}

absl::StatusOr<v1::Connection> TokenClient::CreateConnection(absl::string_view session_id,
                                                             v1::ConnectionProperties properties,
                                                             CallOptions options) {
  return Wait<v1::Connection>([&](Done<v1::Connection> done) {
    CreateConnection(session_id, std::move(properties), std::move(options), std::move(done));
  });
}

absl::StatusOr<v1::JoinSessionResponse> TokenClient::JoinSession(
    absl::string_view custom_session_id, v1::SessionProperties session,
    v1::ConnectionProperties connection, CallOptions options) {
  return Wait<v1::JoinSessionResponse>([&](Done<v1::JoinSessionResponse> done) {
    JoinSession(custom_session_id, std::move(session), std::move(connection), std::move(options),
                std::move(done));
  });
}

absl::Status TokenClient::CheckHealth(absl::Duration timeout) {
  absl::Status health;
  std::latch ended{1};
  CheckHealth(timeout, [&](const absl::Status& status) {
    health = status;
    ended.count_down();
  });
  ended.wait();
  return health;
}

}  // namespace openvidu::token
