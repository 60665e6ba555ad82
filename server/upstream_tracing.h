#ifndef SERVER_UPSTREAM_TRACING_H_
#define SERVER_UPSTREAM_TRACING_H_

#include <string>
#include <vector>

#include "server/openvidu/observed_openvidu_client.h"
#include "server/openvidu/openvidu_options.h"
#include "server/openvidu/openvidu_url.h"
#include "telemetry/tracer.h"

namespace openvidu::token {

/// Makes a span of each attempt at OpenVidu, which OpenVidu is told of. Thread-safe.
class UpstreamTracing final : public UpstreamObserver {
 public:
  /// Borrows `tracer`. `options` have been checked.
  UpstreamTracing(const Tracer& tracer, const OpenViduOptions& options);

  void OnStart(const UpstreamAttempt& attempt, CallContext& context) override;
  void OnEnd(const UpstreamAttempt& attempt, const CallContext& context, const absl::Status& status,
             std::chrono::steady_clock::duration took) override;

 private:
  const Tracer& tracer_;
  std::vector<OpenViduUrl> urls_;  // by UpstreamAttempt::deployment
};

}  // namespace openvidu::token

#endif  // SERVER_UPSTREAM_TRACING_H_
