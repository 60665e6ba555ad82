#include "server/upstream_tracing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

absl::string_view TemplateOf(UpstreamOperation operation) {
  return operation == UpstreamOperation::kCreateSession
             ? "/openvidu/api/sessions"
             : "/openvidu/api/sessions/{sessionId}/connection";
}

}  // namespace

UpstreamTracing::UpstreamTracing(const Tracer& tracer, const OpenViduOptions& options)
    : tracer_(tracer) {
  for (const std::string& url : options.all_urls()) {
    urls_.push_back(ParseOpenViduUrl(url).value_or(OpenViduUrl()));
  }
}

void UpstreamTracing::OnStart(const UpstreamAttempt& /*attempt*/, CallContext& context) {
  context.trace = tracer_.Begin(context.trace);
}

void UpstreamTracing::OnEnd(const UpstreamAttempt& attempt, const CallContext& context,
                            const absl::Status& status, std::chrono::steady_clock::duration took) {
  if (!context.trace.sampled) return;
  const absl::Time now = absl::Now();
  // That a session exists already, or not, is a client's error to OpenTelemetry, as all of 4xx.
  Span span{.context = context.trace,
            .kind = Span::Kind::kClient,
            .name = absl::StrCat("POST ", TemplateOf(attempt.operation)),
            .begin = now - absl::FromChrono(took),
            .end = now,
            .failed = !status.ok()};
  span.Tell("http.request.method", "POST");
  span.Tell("url.template", TemplateOf(attempt.operation));
  if (attempt.deployment < urls_.size()) {
    span.Tell("server.address", urls_[attempt.deployment].host);
    span.Tell("server.port", urls_[attempt.deployment].port);
    span.Tell("url.scheme", urls_[attempt.deployment].tls ? "https" : "http");
  }
  const int http_status = status.ok() ? 200 : HttpStatusOf(status);
  if (http_status != 0) span.Tell("http.response.status_code", http_status);
  if (http_status >= 300) {
    span.Tell("error.type", absl::StrCat(http_status));
  } else if (!status.ok()) {
    span.Tell("error.type", ReasonOf(status));
  }
  tracer_.End(std::move(span));
}

}  // namespace openvidu::token
