#include "server/token_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <future>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/certificate_names.h"
#include "common/descriptor_limit.h"
#include "common/flags.h"
#include "common/host_port.h"
#include "grpc/health/v1/health.pb.h"

namespace openvidu::token {
namespace {

// Above the gateway's limit of a body, for what the encoding adds.
constexpr int kMaxMessageBytes = 16 * 1024 * 1024;

// A bearer token and the names in a certificate, for which gRPC's own 8 KiB are few.
constexpr int kMaxMetadataBytes = 40 * 1024;

// gRPC has no limit of its own, and without descriptors it can accept no call any more.
constexpr size_t kConnections = 20000;

// For the callers whose calls the end of the grace ends, to be told so.
constexpr absl::Duration kAnswerTime = absl::Seconds(1);

// As good as none, and no moment overflows.
constexpr absl::Duration kLongestGrace = absl::Hours(24 * 365);

// gRPC cancels a call that comes just when it shuts down, and nobody can tell what came of it. Our
// clients hear that the server drains a round trip later, and call no more.
constexpr absl::Duration kHearingTime = absl::Milliseconds(200);

absl::Status CheckTrustedGateways(const TokenServerOptions& options) {
  std::vector<absl::Status> statuses = {
      CertificateNames::Check("trusted_gateways", options.trusted_gateways)};
  if (!options.trusted_gateways.empty() && options.tls.client_ca_file.empty()) {
    statuses.push_back(absl::InvalidArgumentError(
        "trusted_gateways are known by their certificates: it needs grpc_tls_client_ca_file"));
  }
  return AllMistakes(statuses);
}

void LimitConnections(const TokenServerOptions& options, grpc::ServerBuilder& builder) {
  const auto set = [&builder](const char* name, absl::Duration duration) {
    const int64_t ms = absl::ToInt64Milliseconds(duration);
    builder.AddChannelArgument(
        name, static_cast<int>(std::clamp<int64_t>(ms, 1, std::numeric_limits<int>::max())));
  };
  if (options.max_connection_age > absl::ZeroDuration()) {
    set(GRPC_ARG_MAX_CONNECTION_AGE_MS, options.max_connection_age);
    // All calls that were under way have ended then.
    set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, options.request_timeout + kAnswerTime);
  }
  // A client that went without a word is missed after both. Clients may ask as often (see
  // client/token_channel.cc).
  set(GRPC_ARG_KEEPALIVE_TIME_MS, absl::Minutes(1));
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, absl::Seconds(20));
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, absl::Seconds(10));
}

}  // namespace

TokenServer::TokenServer(Reactor& reactor, std::unique_ptr<UpstreamTracing> tracing,
                         std::unique_ptr<OpenViduClient> openvidu,
                         const TokenServerOptions& options)
    : tracing_(std::move(tracing)),
      openvidu_(std::move(openvidu)),
      resilient_(reactor, *openvidu_, options.request_timeout),
      service_(reactor, resilient_, options.request_timeout) {}

TokenServer::~TokenServer() {
  if (server_ != nullptr) Stop(absl::ZeroDuration());
  resilient_.Shutdown();  // no call within the process is left when its parts go
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
  statuses.push_back(GrpcTls::Check(options.tls));
  statuses.push_back(CheckTrustedGateways(options));
  statuses.push_back(CheckOpenViduOptions(options.openvidu));
  if (options.max_connection_age < absl::ZeroDuration()) {
    statuses.push_back(absl::InvalidArgumentError("grpc_max_connection_age must not be negative"));
  }
  statuses.push_back(AuthorizingTokenService::Check(options.access));
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<TokenServer>> TokenServer::Start(const TokenServerOptions& options,
                                                                Reactor& reactor,
                                                                const ServerObservers& observers) {
  if (absl::Status mistakes = Check(options); !mistakes.ok()) return mistakes;
  std::unique_ptr<UpstreamTracing> tracing;
  std::vector<UpstreamObserver*> attempts = observers.attempts;
  if (observers.grpc.tracer != nullptr) {
    tracing = std::make_unique<UpstreamTracing>(*observers.grpc.tracer, options.openvidu);
    attempts.insert(attempts.begin(), tracing.get());
  }
  auto openvidu = MakeOpenViduClient(options.openvidu, reactor, attempts);
  if (!openvidu.ok()) return openvidu.status();

  RaiseDescriptorLimit(kConnections);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // gRPC's own health service has no descriptor; naming ours links it in, and reflection finds it.
  grpc::health::v1::HealthCheckRequest::descriptor();
  std::unique_ptr<TokenServer> server(
      new TokenServer(reactor, std::move(tracing), *std::move(openvidu), options));
  auto access = AuthorizingTokenService::Create(options.access, server->service_, reactor);
  if (!access.ok()) return access.status();
  server->access_ = *std::move(access);
  server->door_ = server->access_.get();
  if (!observers.rpcs.empty()) {
    server->observed_ = std::make_unique<ObservedTokenService>(*server->access_, observers.rpcs);
    server->door_ = server->observed_.get();
  }
  server->grpc_service_ =
      std::make_unique<GrpcTokenService>(*server->door_, options.trusted_gateways, observers.grpc);
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (options.tls.enabled()) {
    auto tls = GrpcTls::Create(options.tls, reactor);
    if (!tls.ok()) return tls.status();
    server->tls_ = *std::move(tls);
    credentials = server->tls_->MakeCredentials();
  }
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen_address, credentials, &server->port_);
  builder.RegisterService(server->grpc_service_.get());
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  LimitConnections(options, builder);
  // A second instance on the same port has to fail, not to take half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // All of it is the reactor's thread's now, said by our own lock: gRPC's a thread sanitizer cannot
  // see.
  reactor.RunAndWait([] {});
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || server->port_ == 0) {
    server->server_ = nullptr;
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen_address,
                                               ": the address is in use or not this machine's"));
  }
  server->server_->GetHealthCheckService()->SetServingStatus(v1::TokenService::service_full_name(),
                                                             true);
  return server;
}

TokenServerState TokenServer::state() const {
  TokenServerState state{.retries = resilient_.retries(),
                         .retry_budget = resilient_.retry_budget(),
                         .shared_creations = resilient_.shared(),
                         .shared_requests = service_.shared()};
  resilient_.AddStates(state.upstreams);
  if (access_->audits()) state.audit_lines_dropped = access_->audit_lines_dropped();
  if (tls_ != nullptr) state.certificate_expires = tls_->certificate_expires();
  return state;
}

void TokenServer::BeginDrain() {
  if (!serving_.exchange(false)) return;
  drain_began_ = absl::Now();
  server_->GetHealthCheckService()->Shutdown();
}

void TokenServer::Stop(absl::Duration grace) {
  std::call_once(stopped_, [&] {
    BeginDrain();
    const absl::Time end = absl::Now() + std::min(grace, kLongestGrace);
    absl::SleepFor(std::min(end, drain_began_ + kHearingTime) - absl::Now());
    std::promise<void> stopped;
    std::thread ender([&] {
      const auto ended = stopped.get_future().wait_until(absl::ToChronoTime(end));
      if (ended == std::future_status::timeout) resilient_.Shutdown();
    });
    server_->Shutdown(absl::ToChronoTime(end + kAnswerTime));
    stopped.set_value();
    ender.join();
    server_->Wait();
  });
}

}  // namespace openvidu::token
