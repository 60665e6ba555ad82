#ifndef TELEMETRY_METRICS_H_
#define TELEMETRY_METRICS_H_

#include <prometheus/histogram.h>
#include <prometheus/labels.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "net/reactor.h"

namespace openvidu::token {

/// Upper bounds of histograms of latencies, in seconds: from an answer out of memory to a deadline.
const prometheus::Histogram::BucketBoundaries& LatencyBuckets();

/// Values that are read when somebody asks for them.
class Readings {
 public:
  void Gauge(const std::string& name, const std::string& help, double value,
             const prometheus::Labels& labels = {}) {
    Add(prometheus::MetricType::Gauge, name, help, value, labels);
  }
  void Counter(const std::string& name, const std::string& help, double value,
               const prometheus::Labels& labels = {}) {
    Add(prometheus::MetricType::Counter, name, help, value, labels);
  }

  std::vector<prometheus::MetricFamily> TakeFamilies() { return std::move(families_); }

 private:
  void Add(prometheus::MetricType type, const std::string& name, const std::string& help,
           double value, const prometheus::Labels& labels);

  std::vector<prometheus::MetricFamily> families_;
};

// What both a server and a gateway have, so that it is one metric where they are one process.

/// Requests that a limit refused: of each client's `address` or of each `subject`.
void AddRateLimited(Readings& readings, const std::string& limit, uint64_t count);

/// Lines of a log, `program`, `access` or `audit`, that were lost.
void AddLogLinesDropped(Readings& readings, const std::string& log, uint64_t count);

/// When the certificate of the `http` or `grpc` port expires.
void AddCertificateExpiry(Readings& readings, const std::string& port, absl::Time expires);

/// All metrics of a process: what is counted as it happens, in a registry, and what is read when
/// somebody asks. Labels are of few values, never a caller's own: docs/metrics.md lists them all.
class Metrics {
 public:
  using Source = std::function<void(Readings& readings)>;

  explicit Metrics(Reactor& reactor) : reactor_(reactor) {}

  prometheus::Registry& registry() { return registry_; }

  /// Asks `source` too, on the reactor's thread, where it must not wait. Before the first Text(),
  /// and whatever it refers to lives until the last.
  void AddSource(Source source) { sources_.push_back(std::move(source)); }

  /// All of them, in Prometheus's text format 0.0.4. Not on the reactor's thread, which it holds up
  /// only for the sources. Thread-safe.
  std::string Text();

 private:
  Reactor& reactor_;
  prometheus::Registry registry_;
  std::vector<Source> sources_;
};

}  // namespace openvidu::token

#endif  // TELEMETRY_METRICS_H_
