#include "gateway/gateway_metrics.h"

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

/// As nginx has it: the client went before it was answered.
constexpr int kClientWent = 499;

/// A method of any text would be a series of its own.
absl::string_view MethodLabel(absl::string_view method) {
  for (const absl::string_view known :
       {"POST", "GET", "OPTIONS", "HEAD", "PUT", "DELETE", "PATCH"}) {
    if (method == known) return known;
  }
  return "_OTHER";
}

}  // namespace

GatewayMetrics::GatewayMetrics(Metrics& metrics)
    : metrics_(metrics),
      durations_(prometheus::BuildHistogram()
                     .Name("http_server_request_duration_seconds")
                     .Help("From a request's first byte to its answer.")
                     .Register(metrics.registry())) {}

void GatewayMetrics::OnAnswer(const ObservedRequest& observed, const ObservedAnswer& answer) {
  const Key key{observed.route, MethodLabel(observed.method),
                answer.status == 0 ? kClientWent : answer.status};
  prometheus::Histogram*& histogram = known_[key];
  if (histogram == nullptr) {
    histogram = &durations_.Add({{"http_route", std::string(std::get<0>(key))},
                                 {"http_request_method", std::string(std::get<1>(key))},
                                 {"http_response_status_code", absl::StrCat(std::get<2>(key))}},
                                LatencyBuckets());
  }
  histogram->Observe(std::chrono::duration<double>(answer.took).count());
}

void GatewayMetrics::Watch(const GatewayServer& gateway) {
  metrics_.AddSource([&gateway](Readings& readings) {
    const HttpServerState state = gateway.http_state();
    const std::pair<const char*, size_t> connections[] = {
        {"idle", state.idle}, {"handshake", state.handshake}, {"reading", state.reading},
        {"busy", state.busy}, {"writing", state.writing},     {"lingering", state.lingering}};
    for (const auto& [name, count] : connections) {
      readings.Gauge("openvidu_token_http_connections",
                     "Open HTTP connections, by what they wait for.", static_cast<double>(count),
                     {{"state", name}});
    }
    AddRateLimited(readings, "address", gateway.rate_limited());
    if (state.certificate_expires.has_value()) {
      AddCertificateExpiry(readings, "http", *state.certificate_expires);
    }
  });
}

}  // namespace openvidu::token
