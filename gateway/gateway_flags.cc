#include "gateway/gateway_flags.h"

#include <cstdint>
#include <string>

#include "absl/flags/flag.h"

ABSL_FLAG(std::string, cors_allowed_origins, "*",
          "Origins of the pages that may call from a browser, comma-separated, such as "
          "https://app.example.com; * for any.");
ABSL_FLAG(uint64_t, max_body_bytes, 1 << 20, "Largest request body; a larger one is answered 413.");
ABSL_FLAG(uint64_t, max_http_connections, 20000,
          "Client connections at once; more are answered 503.");
ABSL_FLAG(uint64_t, max_pending_requests, 4096,
          "Requests at once that wait for their answer; more are answered 503.");

namespace openvidu::token {

GatewayOptions GatewayOptionsFromFlags() {
  GatewayOptions options;
  options.cors_allowed_origins = absl::GetFlag(FLAGS_cors_allowed_origins);
  options.http.limits.max_body_bytes = absl::GetFlag(FLAGS_max_body_bytes);
  options.http.max_connections = absl::GetFlag(FLAGS_max_http_connections);
  options.http.max_pending_requests = absl::GetFlag(FLAGS_max_pending_requests);
  return options;
}

}  // namespace openvidu::token
