#ifndef GATEWAY_GATEWAY_METRICS_H_
#define GATEWAY_GATEWAY_METRICS_H_

#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/gateway_server.h"
#include "http/http_observer.h"
#include "telemetry/metrics.h"

namespace openvidu::token {

/// What a gateway counts (docs/metrics.md). Of the reactor's thread, but for its making and its
/// end.
class GatewayMetrics final : public HttpObserver {
 public:
  /// `metrics` outlives it.
  explicit GatewayMetrics(Metrics& metrics);

  /// Reads what `gateway` holds, which outlives the last Metrics::Text().
  void Watch(const GatewayServer& gateway);

  void OnAnswer(const ObservedRequest& observed, const ObservedAnswer& answer) override;

 private:
  /// A route, a method and a status, each one of a few.
  using Key = std::tuple<absl::string_view, absl::string_view, int>;

  Metrics& metrics_;
  prometheus::Family<prometheus::Histogram>& durations_;
  absl::flat_hash_map<Key, prometheus::Histogram*> known_;  ///< Of durations_, as they come.
};

}  // namespace openvidu::token

#endif  // GATEWAY_GATEWAY_METRICS_H_
