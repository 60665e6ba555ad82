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
ABSL_FLAG(int, http_threads, 64,
          "Threads that wait for answers, and so calls at once; made when needed.");
ABSL_FLAG(uint64_t, max_queued_requests, 1024,
          "Requests that wait for a thread; more are answered 503.");

namespace openvidu::token {

GatewayOptions GatewayOptionsFromFlags() {
  GatewayOptions options;
  options.cors_allowed_origins = absl::GetFlag(FLAGS_cors_allowed_origins);
  options.http.limits.max_body_bytes = absl::GetFlag(FLAGS_max_body_bytes);
  options.http.max_connections = absl::GetFlag(FLAGS_max_http_connections);
  options.http.worker_threads = absl::GetFlag(FLAGS_http_threads);
  options.http.max_queued_requests = absl::GetFlag(FLAGS_max_queued_requests);
  return options;
}

}  // namespace openvidu::token
