#include "gateway/gateway_server.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/flags.h"

namespace openvidu::token {
namespace {

// With it, neither a gRPC message (16 MiB) nor OpenVidu's answer, which may escape each character
// of `data` (32 MiB), meets a limit of ours.
constexpr size_t kMaxBodyBytes = size_t{4} << 20;

}  // namespace

absl::Status GatewayServer::Check(const GatewayOptions& options) {
  std::vector<absl::Status> statuses = {
      HttpServer::Check(options.http), Cors::Create(options.cors_allowed_origins).status(),
      CheckRateLimit("rate_limit", options.rate_limit),
      TrustedProxies::Parse(options.trusted_proxies).status(), Site::Create(options.site).status()};
  if (options.http.limits.max_body_bytes > kMaxBodyBytes) {
    statuses.push_back(absl::InvalidArgumentError(
        absl::StrCat("max_body_bytes must not be above ", kMaxBodyBytes)));
  }
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<GatewayServer>> GatewayServer::Start(
    const GatewayOptions& options, std::unique_ptr<TokenClient> client, Reactor& reactor,
    std::vector<HttpObserver*> observers, const CallTelemetry& telemetry) {
  if (absl::Status mistakes = Check(options); !mistakes.ok()) return mistakes;
  absl::StatusOr<Cors> cors = Cors::Create(options.cors_allowed_origins);
  if (!cors.ok()) return cors.status();

  absl::StatusOr<TrustedProxies> proxies = TrustedProxies::Parse(options.trusted_proxies);
  if (!proxies.ok()) return proxies.status();

  absl::StatusOr<Site> site = Site::Create(options.site);
  if (!site.ok()) return site.status();

  std::unique_ptr<GatewayServer> server(new GatewayServer(std::move(client), *std::move(cors),
                                                          options.rate_limit, *std::move(proxies),
                                                          *std::move(site), telemetry));
  Gateway& gateway = server->gateway_;
  HttpCallbacks callbacks;
  callbacks.handler = [&gateway](const httplib::Request& request, HttpReply reply) {
    gateway.Handle(request, std::move(reply));
  };
  callbacks.error_handler = [&gateway](int status, absl::string_view detail,
                                       const httplib::Request& request,
                                       httplib::Response& response) {
    gateway.HandleError(status, detail, request, response);
  };
  callbacks.runs_inline = [&gateway](const httplib::Request& request) {
    return gateway.HandlesAtOnce(request);
  };
  if (server->telemetry_.enabled()) observers.insert(observers.begin(), &server->telemetry_);
  callbacks.observers = std::move(observers);
  callbacks.route_of = [&gateway](const httplib::Request& request) {
    return gateway.RouteOf(request);
  };
  absl::StatusOr<std::unique_ptr<HttpServer>> http =
      HttpServer::Start(options.http, callbacks, reactor);
  if (!http.ok()) return http.status();
  server->http_ = *std::move(http);
  return server;
}

}  // namespace openvidu::token
