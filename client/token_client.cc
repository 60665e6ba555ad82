#include "client/token_client.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <latch>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/grpc_status.h"
#include "common/host_port.h"
#include "common/read_file.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

// An answer is small, but a caller's data comes back in it.
constexpr int kMaxMessageBytes = 16 * 1024 * 1024;

/// What a call under way needs, kept until it has ended.
template <typename Request, typename Response, typename Done>
struct Call {
  grpc::ClientContext context;
  Request request;
  Response response;
  Done done;
};

template <typename CallType, typename Done>
std::shared_ptr<CallType> MakeCall(absl::Time deadline, Done done) {
  auto call = std::make_shared<CallType>();
  call->context.set_deadline(absl::ToChronoTime(deadline));
  call->done = std::move(done);
  return call;
}

absl::Time SoonerOf(const CallOptions& options, absl::Duration timeout) {
  return std::min(options.deadline, absl::Now() + timeout);
}

/// A call's end. What gives no reason is gRPC's own word and not the server's.
absl::Status FromServer(const grpc::Status& ended) {
  absl::Status status = FromGrpcStatus(ended);
  const bool without_an_answer = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  if (!without_an_answer || !ReasonOf(status).empty()) return status;
  return WithReason(std::move(status), kTokenServerUnavailable);
}

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

// Without a port gRPC would silently take 443.
bool IsTarget(absl::string_view address) {
  for (const absl::string_view scheme : {"dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:"}) {
    if (absl::StartsWith(address, scheme)) return address.size() > scheme.size();
  }
  const absl::StatusOr<HostPort> host_port = ParseHostPort(address);
  return host_port.ok() && !host_port->host.empty() && host_port->port != 0;
}

TokenClient::HealthCheck HealthCheckOver(const std::shared_ptr<grpc::Channel>& channel) {
  using Health = grpc::health::v1::Health;
  using Response = grpc::health::v1::HealthCheckResponse;
  using HealthCall = Call<grpc::health::v1::HealthCheckRequest, Response, TokenClient::HealthDone>;
  return [stub = std::shared_ptr<Health::StubInterface>(Health::NewStub(channel))](
             absl::Duration timeout, TokenClient::HealthDone done) {
    const auto call = MakeCall<HealthCall>(absl::Now() + timeout, std::move(done));
    call->request.set_service(v1::TokenService::service_full_name());
    stub->async()->Check(
        &call->context, &call->request, &call->response, [call](const grpc::Status& status) {
          if (!status.ok()) {
            call->done(absl::UnavailableError(
                absl::StrCat("no word from the server: ", status.error_message())));
          } else if (call->response.status() != Response::SERVING) {
            call->done(absl::UnavailableError("the server is not serving"));
          } else {
            call->done(absl::OkStatus());
          }
        });
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenClient>> TokenClient::Create(
    const TokenClientOptions& options) {
  std::vector<std::string> mistakes;
  if (!IsTarget(options.server_address)) {
    mistakes.push_back(
        absl::StrCat("the server address '", options.server_address,
                     "' is neither host:port nor a gRPC target such as dns:///host:port"));
  }
  if (options.timeout <= absl::ZeroDuration())
    mistakes.emplace_back("the timeout must be above zero");
  if (!options.ca_file.empty() && !options.tls) {
    mistakes.emplace_back("a CA file is given, but TLS to the server is off");
  }
  grpc::SslCredentialsOptions ssl;
  if (options.tls && !options.ca_file.empty()) {
    absl::StatusOr<std::string> roots = ReadFile(options.ca_file);
    if (!roots.ok()) {
      mistakes.push_back(absl::StrCat("the CA file: ", roots.status().message()));
    } else if (!absl::StrContains(*roots, "-----BEGIN CERTIFICATE-----")) {
      mistakes.push_back(
          absl::StrCat("the CA file '", options.ca_file, "' holds no PEM certificate"));
    } else {
      ssl.pem_root_certs = *std::move(roots);
    }
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));

  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // What may be repeated is decided by who knows what it does (see the RPCs' comments), and the
  // environment's web proxy is not for calls within an organisation.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A server that starts a moment later is not kept waiting for gRPC's second.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  return std::make_unique<TokenClient>(
      grpc::CreateCustomChannel(
          options.server_address,
          options.tls ? grpc::SslCredentials(ssl) : grpc::InsecureChannelCredentials(), arguments),
      options.timeout);
}

TokenClient::TokenClient(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout)
    : TokenClient(v1::TokenService::NewStub(channel), HealthCheckOver(channel), timeout) {}

void TokenClient::InitializeSession(v1::SessionProperties properties, CallOptions options,
                                    Done<v1::InitializeSessionResponse> done) {
  using InitializeCall = Call<v1::InitializeSessionRequest, v1::InitializeSessionResponse,
                              Done<v1::InitializeSessionResponse>>;
  const auto call = MakeCall<InitializeCall>(SoonerOf(options, timeout_), std::move(done));
  *call->request.mutable_properties() = std::move(properties);
  stub_->async()->InitializeSession(&call->context, &call->request, &call->response,
                                    [call](const grpc::Status& status) {
                                      if (!status.ok()) return call->done(FromServer(status));
                                      call->done(std::move(call->response));
                                    });
}

void TokenClient::CreateConnection(absl::string_view session_id,
                                   v1::ConnectionProperties properties, CallOptions options,
                                   Done<v1::Connection> done) {
  using ConnectionCall =
      Call<v1::CreateConnectionRequest, v1::CreateConnectionResponse, Done<v1::Connection>>;
  const auto call = MakeCall<ConnectionCall>(SoonerOf(options, timeout_), std::move(done));
  call->request.set_session_id(std::string(session_id));
  *call->request.mutable_properties() = std::move(properties);
  call->request.set_request_id(std::move(options.request_id));
  stub_->async()->CreateConnection(&call->context, &call->request, &call->response,
                                   [call](const grpc::Status& status) {
                                     if (!status.ok()) return call->done(FromServer(status));
                                     call->done(std::move(*call->response.mutable_connection()));
                                   });
}

void TokenClient::JoinSession(absl::string_view custom_session_id, v1::SessionProperties session,
                              v1::ConnectionProperties connection, CallOptions options,
                              Done<v1::JoinSessionResponse> done) {
  using JoinCall =
      Call<v1::JoinSessionRequest, v1::JoinSessionResponse, Done<v1::JoinSessionResponse>>;
  const auto call = MakeCall<JoinCall>(SoonerOf(options, timeout_), std::move(done));
  call->request.set_custom_session_id(std::string(custom_session_id));
  *call->request.mutable_session_properties() = std::move(session);
  *call->request.mutable_connection_properties() = std::move(connection);
  call->request.set_request_id(std::move(options.request_id));
  stub_->async()->JoinSession(&call->context, &call->request, &call->response,
                              [call](const grpc::Status& status) {
                                if (!status.ok()) return call->done(FromServer(status));
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
