#ifndef GATEWAY_GATEWAY_SERVER_H_
#define GATEWAY_GATEWAY_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/token_client.h"
#include "gateway/gateway.h"
#include "gateway/http_telemetry.h"
#include "http/http_server.h"

namespace openvidu::token {

/// Everything that the REST gateway is configured by, but the client.
struct GatewayOptions {
  HttpServerOptions http;
  std::string cors_allowed_origins = "*";  ///< See Cors::Create.
  RateLimiterOptions rate_limit;           ///< Of each client address.
  std::string trusted_proxies;             ///< See TrustedProxies::Parse.
  SiteOptions site;
};

/// The gateway on an HTTP port. Thread-safe.
class GatewayServer {
 public:
  /// Errors: kInvalidArgument naming every mistake in `options`, one a line.
  static absl::Status Check(const GatewayOptions& options);

  /// Checks `options`, binds and serves on the thread of `reactor`, which outlives the server;
  /// takes `client`. `observers` are told of all requests; they and what `telemetry` has are
  /// borrowed until the server's end.
  /// Nothing is left running on an error. Errors: those of Check; kUnavailable (cannot bind).
  static absl::StatusOr<std::unique_ptr<GatewayServer>> Start(
      const GatewayOptions& options, std::unique_ptr<TokenClient> client, Reactor& reactor,
      std::vector<HttpObserver*> observers = {}, const CallTelemetry& telemetry = {});

  int port() const { return http_->port(); }

  /// What the HTTP server holds now. On the reactor's thread.
  HttpServerState http_state() const { return http_->state(); }

  /// The requests that the limit of their address refused.
  uint64_t rate_limited() const { return gateway_.rate_limited(); }

  /// Turns readiness to 503 and says `Connection: close` with each answer, and serves on.
  void BeginDrain() {
    gateway_.BeginDrain();
    http_->BeginDrain();
  }

  /// Begins the drain, refuses new connections and gives the requests under way up to `grace` to
  /// finish. What is left then is answered 503 (HttpServer::Stop).
  void Stop(absl::Duration grace) {
    BeginDrain();
    http_->Stop(grace);
  }

 private:
  GatewayServer(std::unique_ptr<TokenClient> client, Cors cors,
                const RateLimiterOptions& rate_limit, TrustedProxies proxies, Site site,
                const CallTelemetry& telemetry)
      : client_(std::move(client)),
        proxies_(proxies),
        telemetry_(telemetry, proxies_),
        gateway_(*client_, std::move(cors), rate_limit, std::move(proxies), std::move(site)) {}

  const std::unique_ptr<TokenClient> client_;
  const TrustedProxies proxies_;
  HttpTelemetry telemetry_;
  Gateway gateway_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace openvidu::token

#endif  // GATEWAY_GATEWAY_SERVER_H_
