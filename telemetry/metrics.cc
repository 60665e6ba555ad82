#include "telemetry/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "telemetry/process_metrics.h"

namespace openvidu::token {

const prometheus::Histogram::BucketBoundaries& LatencyBuckets() {
  static const prometheus::Histogram::BucketBoundaries buckets = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20};
  return buckets;
}

void Readings::Add(prometheus::MetricType type, const std::string& name, const std::string& help,
                   double value, const prometheus::Labels& labels) {
  auto family = std::find_if(families_.begin(), families_.end(),
                             [&name](const auto& each) { return each.name == name; });
  if (family == families_.end()) {
    families_.push_back({name, help, type, {}});
    family = std::prev(families_.end());
  }
  prometheus::ClientMetric metric;
  for (const auto& [label, text] : labels) metric.label.push_back({label, text});
  if (type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family->metric.push_back(std::move(metric));
}

void AddRateLimited(Readings& readings, const std::string& limit, uint64_t count) {
  readings.Counter("openvidu_token_rate_limited_total", "Requests that a rate limit refused.",
                   static_cast<double>(count), {{"limit", limit}});
}

void AddLogLinesDropped(Readings& readings, const std::string& log, uint64_t count) {
  readings.Counter("openvidu_token_log_lines_dropped_total", "Lines of a log that were lost.",
                   static_cast<double>(count), {{"log", log}});
}

void AddCertificateExpiry(Readings& readings, const std::string& port, absl::Time expires) {
  readings.Gauge("openvidu_token_tls_certificate_expiry_timestamp_seconds",
                 "When the certificate that a port shows expires, since unix epoch in seconds.",
                 static_cast<double>(absl::ToUnixSeconds(expires)), {{"port", port}});
}

std::string Metrics::Text() {
  Readings readings;
  AddProcessMetrics(readings);
  reactor_.RunAndWait([this, &readings] {
    for (const Source& source : sources_) source(readings);
  });
  std::vector<prometheus::MetricFamily> families = registry_.Collect();
  std::vector<prometheus::MetricFamily> read = readings.TakeFamilies();
  families.insert(families.end(), std::make_move_iterator(read.begin()),
                  std::make_move_iterator(read.end()));
  // A family of which nothing has happened yet is left out.
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace openvidu::token
