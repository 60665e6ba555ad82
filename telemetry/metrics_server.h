#ifndef TELEMETRY_METRICS_SERVER_H_
#define TELEMETRY_METRICS_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "http/http_server.h"
#include "net/reactor.h"
#include "telemetry/metrics.h"

namespace openvidu::token {

/// Answers `GET /metrics`, on a port of its own, in plain HTTP: for Prometheus, and not for callers
/// (docs/metrics.md). Thread-safe.
class MetricsServer {
 public:
  /// `address`: `host:port`, or nothing for no server. Errors: kInvalidArgument.
  static absl::Status Check(const std::string& address);

  /// Binds and serves; null where `address` is empty. `metrics` and `reactor`, on whose thread the
  /// sockets are, outlive it. Errors: those of Check; kUnavailable (cannot bind).
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address,
                                                              Metrics& metrics, Reactor& reactor);

  /// Lets an answer under way end, for a second.
  ~MetricsServer() { http_->Stop(absl::Seconds(1)); }

  int port() const { return http_->port(); }

 private:
  explicit MetricsServer(std::unique_ptr<HttpServer> http) : http_(std::move(http)) {}

  const std::unique_ptr<HttpServer> http_;
};

}  // namespace openvidu::token

#endif  // TELEMETRY_METRICS_SERVER_H_
