#ifndef GATEWAY_HTTP_TELEMETRY_H_
#define GATEWAY_HTTP_TELEMETRY_H_

#include "gateway/client_address.h"
#include "http/http_observer.h"
#include "telemetry/call_telemetry.h"

namespace openvidu::token {

/// Makes an access line of each HTTP request, and a span of each for a session or a token. Of the
/// reactor's thread.
class HttpTelemetry final : public HttpObserver {
 public:
  /// Borrows what `telemetry` has, and `proxies`.
  HttpTelemetry(const CallTelemetry& telemetry, const TrustedProxies& proxies)
      : telemetry_(telemetry), proxies_(proxies) {}

  /// Whether there is anything to tell.
  bool enabled() const { return telemetry_.tracer != nullptr || telemetry_.has_lines(); }

  void OnRequest(const httplib::Request& request, ObservedRequest& observed) override;
  void OnAnswer(const ObservedRequest& observed, const ObservedAnswer& answer) override;

 private:
  /// Whether a span is begun of it, if not kept.
  bool BeginsSpan(const ObservedRequest& observed) const;
  bool HasSpan(const ObservedRequest& observed) const;

  const CallTelemetry telemetry_;
  const TrustedProxies& proxies_;
};

}  // namespace openvidu::token

#endif  // GATEWAY_HTTP_TELEMETRY_H_
