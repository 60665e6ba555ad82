#include "server/token_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/descriptor_limit.h"
#include "common/flags.h"
#include "common/host_port.h"
#include "common/read_file.h"
#include "server/service/local_token_stub.h"

namespace openvidu::token {
namespace {

// Above the gateway's limit of a body, for what the encoding adds.
constexpr int kMaxMessageBytes = 16 * 1024 * 1024;

// gRPC has no limit of its own, and without descriptors it can accept no call any more.
constexpr size_t kConnections = 20000;

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const TokenServerOptions& options) {
  if (options.tls_cert_file.empty() && options.tls_key_file.empty()) {
    return grpc::InsecureServerCredentials();
  }
  if (options.tls_cert_file.empty() || options.tls_key_file.empty()) {
    return absl::InvalidArgumentError("TLS needs both a certificate file and a key file");
  }
  absl::StatusOr<std::string> cert = ReadFile(options.tls_cert_file);
  if (!cert.ok()) return cert.status();
  absl::StatusOr<std::string> key = ReadFile(options.tls_key_file);
  if (!key.ok()) return key.status();
  grpc::SslServerCredentialsOptions ssl;
  ssl.pem_key_cert_pairs.push_back({*std::move(key), *std::move(cert)});
  return grpc::SslServerCredentials(ssl);
}

}  // namespace

TokenServer::TokenServer(Reactor& reactor, std::unique_ptr<OpenViduClient> openvidu,
                         absl::Duration request_timeout)
    : openvidu_(std::move(openvidu)),
      resilient_(reactor, *openvidu_, request_timeout),
      service_(reactor, resilient_, request_timeout),
      grpc_service_(service_) {}

TokenServer::~TokenServer() {
  if (server_ != nullptr) Stop(absl::ZeroDuration());
  openvidu_->Shutdown();  // no call within the process is left when its parts go
}

absl::Status TokenServer::Check(const TokenServerOptions& options) {
  std::vector<absl::Status> statuses;
  if (const auto address = ParseHostPort(options.listen_address); !address.ok()) {
    statuses.push_back(
        absl::InvalidArgumentError(absl::StrCat("gRPC address: ", address.status().message())));
  }
  if (options.request_timeout <= absl::ZeroDuration()) {
    statuses.push_back(absl::InvalidArgumentError("the request timeout must be above zero"));
  }
  statuses.push_back(MakeCredentials(options).status());
  statuses.push_back(CheckOpenViduOptions(options.openvidu));
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<TokenServer>> TokenServer::Start(const TokenServerOptions& options,
                                                                Reactor& reactor) {
  if (absl::Status mistakes = Check(options); !mistakes.ok()) return mistakes;
  auto credentials = MakeCredentials(options);
  if (!credentials.ok()) return credentials.status();
  auto openvidu = MakeOpenViduClient(options.openvidu, reactor);
  if (!openvidu.ok()) return openvidu.status();

  RaiseDescriptorLimit(kConnections);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  std::unique_ptr<TokenServer> server(
      new TokenServer(reactor, *std::move(openvidu), options.request_timeout));
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen_address, *credentials, &server->port_);
  builder.RegisterService(&server->grpc_service_);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // A second instance on the same port has to fail, not to take half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || server->port_ == 0) {
    server->server_ = nullptr;
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", options.listen_address,
        ": the address is in use or not this machine's, or the TLS files do not match"));
  }
  server->server_->GetHealthCheckService()->SetServingStatus(v1::TokenService::service_full_name(),
                                                             true);
  return server;
}

std::unique_ptr<v1::TokenService::StubInterface> TokenServer::LocalStub() {
  return std::make_unique<LocalTokenStub>(service_);
}

void TokenServer::Stop(absl::Duration grace) {
  serving_ = false;
  server_->GetHealthCheckService()->Shutdown();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
}

}  // namespace openvidu::token
