#include "client/token_client.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/grpc_status.h"

namespace openvidu::token {
namespace {

// An answer is small, but a caller's data comes back in it.
constexpr int kMaxMessageBytes = 16 * 1024 * 1024;

}  // namespace

absl::StatusOr<std::unique_ptr<TokenClient>> TokenClient::Create(
    const TokenClientOptions& options) {
  std::vector<std::string> mistakes;
  if (options.server_address.empty()) mistakes.emplace_back("the server address is empty");
  if (options.timeout <= absl::ZeroDuration())
    mistakes.emplace_back("the timeout must be above zero");
  if (!options.ca_file.empty() && !options.tls) {
    mistakes.emplace_back("a CA file is given, but TLS to the server is off");
  }
  grpc::SslCredentialsOptions ssl;
  if (options.tls && !options.ca_file.empty()) {
    std::ifstream file(options.ca_file, std::ios::binary);
    ssl.pem_root_certs.assign(std::istreambuf_iterator<char>(file), {});
    if (!file || ssl.pem_root_certs.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
      mistakes.push_back(absl::StrCat("the CA file '", options.ca_file,
                                      "' cannot be read or holds no PEM certificate"));
    }
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));

  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // What may be repeated is decided by who knows what it does (see the RPCs' comments), and the
  // environment's web proxy is not for calls within an organisation.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return std::make_unique<TokenClient>(
      grpc::CreateCustomChannel(
          options.server_address,
          options.tls ? grpc::SslCredentials(ssl) : grpc::InsecureChannelCredentials(), arguments),
      options.timeout);
}

TokenClient::TokenClient(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout)
    : stub_(v1::TokenService::NewStub(channel)),
      health_(grpc::health::v1::Health::NewStub(channel)),
      timeout_(timeout) {}

void TokenClient::SetDeadline(grpc::ClientContext& context, absl::Time deadline) const {
  context.set_deadline(absl::ToChronoTime(std::min(deadline, absl::Now() + timeout_)));
}

absl::StatusOr<v1::InitializeSessionResponse> TokenClient::InitializeSession(
    const v1::SessionProperties& properties, absl::Time deadline) {
  v1::InitializeSessionRequest request;
  *request.mutable_properties() = properties;
  v1::InitializeSessionResponse response;
  grpc::ClientContext context;
  SetDeadline(context, deadline);
  const grpc::Status status = stub_->InitializeSession(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

absl::StatusOr<v1::Connection> TokenClient::CreateConnection(
    absl::string_view session_id, const v1::ConnectionProperties& properties, absl::Time deadline) {
  v1::CreateConnectionRequest request;
  request.set_session_id(std::string(session_id));
  *request.mutable_properties() = properties;
  v1::CreateConnectionResponse response;
  grpc::ClientContext context;
  SetDeadline(context, deadline);
  const grpc::Status status = stub_->CreateConnection(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return std::move(*response.mutable_connection());
}

absl::Status TokenClient::CheckHealth(absl::Duration timeout) {
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(v1::TokenService::service_full_name());
  grpc::health::v1::HealthCheckResponse response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  const grpc::Status status = health_->Check(&context, request, &response);
  if (!status.ok()) {
    return absl::UnavailableError(
        absl::StrCat("no word from the server: ", status.error_message()));
  }
  if (response.status() != grpc::health::v1::HealthCheckResponse::SERVING) {
    return absl::UnavailableError("the server is not serving");
  }
  return absl::OkStatus();
}

}  // namespace openvidu::token
