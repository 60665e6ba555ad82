#include "gateway/http_telemetry.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http_caller.h"

namespace openvidu::token {
namespace {

// Longer ones are cut: a request holds them until it is answered.
constexpr size_t kMaxUserAgentBytes = 256;

// Those of RFC 9110 and RFC 5789; any other is one of too many (OpenTelemetry's
// http.request.method).
constexpr absl::string_view kMethods[] = {"GET",     "HEAD",  "POST",    "PUT",  "DELETE",
                                          "OPTIONS", "TRACE", "CONNECT", "PATCH"};

absl::string_view MethodOf(const ObservedRequest& observed) {
  const auto* const method = std::find(std::begin(kMethods), std::end(kMethods), observed.method);
  return method == std::end(kMethods) ? "_OTHER" : *method;
}

std::string RequestIdOf(const ObservedAnswer& answer) {
  if (answer.headers == nullptr) return "";
  const auto id = answer.headers->find(kRequestIdHeader);
  return id == answer.headers->end() ? "" : id->second;
}

Span SpanOf(const ObservedRequest& observed, const ObservedAnswer& answer) {
  const absl::Time now = absl::Now();
  Span span{.context = observed.trace,
            .kind = Span::Kind::kServer,
            .name = absl::StrCat(MethodOf(observed), " ", observed.route),
            .begin = now - absl::FromChrono(answer.took),
            .end = now,
            .failed = answer.status >= 500};
  span.Tell("http.request.method", MethodOf(observed));
  span.Tell("http.route", observed.route);
  span.Tell("url.scheme", observed.tls ? "https" : "http");
  if (answer.status != 0) span.Tell("http.response.status_code", answer.status);
  if (answer.status == 0) span.Tell("error.type", "client_gone");
  if (answer.status >= 500) span.Tell("error.type", absl::StrCat(answer.status));
  span.Tell("client.address", observed.client_address);
  span.Tell("network.peer.address", observed.peer_address);
  span.Tell("network.peer.port", observed.peer_port);
  span.Tell("user_agent.original", observed.user_agent);
  span.Tell("http.request.body.size", static_cast<int64_t>(observed.body_bytes));
  span.Tell("http.response.body.size", static_cast<int64_t>(answer.body_bytes));
  return span;
}

}  // namespace

bool HttpTelemetry::BeginsSpan(const ObservedRequest& observed) const {
  return telemetry_.tracer != nullptr && absl::StartsWith(observed.route, "/api/");
}

bool HttpTelemetry::HasSpan(const ObservedRequest& observed) const {
  return observed.trace.sampled && BeginsSpan(observed);
}

void HttpTelemetry::OnRequest(const httplib::Request& request, ObservedRequest& observed) {
  observed.trace = TraceContextOf(request);
  if (BeginsSpan(observed)) observed.trace = telemetry_.tracer->Begin(observed.trace);
  if (!telemetry_.has_lines() && !HasSpan(observed)) return;
  const std::string forwarded_for = ForwardedForOf(request);
  observed.client_address = forwarded_for.empty()
                                ? request.remote_addr
                                : proxies_.AddressOfClient(request.remote_addr, forwarded_for);
  const auto agent = request.headers.find("User-Agent");
  if (agent != request.headers.end()) {
    observed.user_agent = agent->second.substr(0, kMaxUserAgentBytes);
  }
}

void HttpTelemetry::OnAnswer(const ObservedRequest& observed, const ObservedAnswer& answer) {
  if (HasSpan(observed)) telemetry_.tracer->End(SpanOf(observed, answer));
  if (!telemetry_.has_lines()) return;
  const std::string request_id = RequestIdOf(answer);
  const std::string trace_id = TraceIdOf(observed.trace);
  telemetry_.access_log->Write({.door = "http",
                                .method = observed.method,
                                .route = observed.route,
                                .status = answer.status,
                                .bytes = answer.body_bytes,
                                .duration = absl::FromChrono(answer.took),
                                .address = observed.client_address,
                                .request_id = request_id,
                                .trace_id = trace_id,
                                .user_agent = observed.user_agent},
                               absl::Now());
}

}  // namespace openvidu::token
