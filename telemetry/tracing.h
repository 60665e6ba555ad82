#ifndef TELEMETRY_TRACING_H_
#define TELEMETRY_TRACING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "net/reactor.h"
#include "telemetry/otlp_exporter.h"
#include "telemetry/tracer.h"

namespace openvidu::token {

/// Whether spans are made, of what, and where they go.
struct TracingOptions {
  std::string endpoint;      ///< OtlpExporterOptions::endpoint. Empty: no spans are made.
  std::string ca_file;       ///< OtlpExporterOptions::ca_file.
  double sample_ratio = 1;   ///< Of the traces that begin here.
  std::string program;       ///< The service's name, where neither of these says one.
  std::string service_name;  ///< As in OTEL_SERVICE_NAME.
  /// `name=value,name=value`, percent-encoded, as in OTEL_RESOURCE_ATTRIBUTES.
  std::string resource_attributes;
  /// The same of headers, as in OTEL_EXPORTER_OTLP_HEADERS. Their values are secret.
  std::string headers;
};

/// Reads a list of `name=value`, percent-encoded (W3C Baggage, which OpenTelemetry's variables are
/// written as). Errors: kInvalidArgument that begins with `name` and quotes nothing.
absl::StatusOr<OtlpResource> ParseKeyValues(absl::string_view name, absl::string_view text);

/// What a program makes spans by, if it does.
class Tracing {
 public:
  /// Errors: kInvalidArgument naming every mistake, one a line.
  static absl::Status Check(const TracingOptions& options);

  /// Errors: those of Check; kResourceExhausted.
  static absl::StatusOr<std::unique_ptr<Tracing>> Start(const TracingOptions& options);

  /// Null: no spans are made.
  const Tracer* tracer() const { return tracer_.get(); }

  /// The spans that were lost.
  uint64_t dropped() const { return exporter_ == nullptr ? 0 : exporter_->dropped(); }

 private:
  Tracing() = default;

  // A thread of its own: to write and encrypt what is sent shall hold up no request.
  std::unique_ptr<Reactor> reactor_;
  std::unique_ptr<OtlpExporter> exporter_;
  std::unique_ptr<const Tracer> tracer_;
};

}  // namespace openvidu::token

#endif  // TELEMETRY_TRACING_H_
