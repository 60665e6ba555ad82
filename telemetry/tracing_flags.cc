#include "telemetry/tracing_flags.h"

#include <string>

#include "absl/flags/flag.h"
#include "common/environment.h"

ABSL_FLAG(std::string, otlp_endpoint, openvidu::token::EnvOr("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
          "URL of a collector that takes spans by OTLP/HTTP, such as http://localhost:4318. Empty: "
          "none are made; default: $OTEL_EXPORTER_OTLP_ENDPOINT. docs/tracing.md.");
ABSL_FLAG(std::string, otlp_ca_file, "",
          "PEM file of the certificate authorities that --otlp_endpoint is verified by; empty: the "
          "system's.");
ABSL_FLAG(double, trace_sample_ratio, 1,
          "Part of the traces that begin here that are kept, from 0 to 1; of one that a caller "
          "brings, the caller decides.");

namespace openvidu::token {

TracingOptions TracingOptionsFromFlags(absl::string_view program) {
  TracingOptions options;
  options.endpoint = absl::GetFlag(FLAGS_otlp_endpoint);
  options.ca_file = absl::GetFlag(FLAGS_otlp_ca_file);
  options.sample_ratio = absl::GetFlag(FLAGS_trace_sample_ratio);
  options.resource_attributes = EnvOr("OTEL_RESOURCE_ATTRIBUTES", "");
  options.service_name = EnvOr("OTEL_SERVICE_NAME", "");
  options.program = std::string(program);
  options.headers = TakeEnv("OTEL_EXPORTER_OTLP_HEADERS");
  return options;
}

}  // namespace openvidu::token
