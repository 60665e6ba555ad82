#ifndef SERVER_SERVER_METRICS_H_
#define SERVER_SERVER_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/observed_token_service.h"
#include "server/openvidu/observed_openvidu_client.h"
#include "server/token_server.h"
#include "telemetry/metrics.h"

namespace openvidu::token {

/// What a server counts (docs/metrics.md). Thread-safe.
class ServerMetrics final : public RpcObserver, public UpstreamObserver {
 public:
  /// `metrics` outlives it. `deployments`: OpenViduOptions::deployment_names().
  ServerMetrics(Metrics& metrics, std::vector<std::string> deployments);

  /// Has it told of what a server does.
  void AddTo(ServerObservers& observers);

  /// Reads what `server` holds, which outlives the last Metrics::Text().
  void Watch(const TokenServer& server);

  using UpstreamObserver::OnStart;  // nothing is to be done there
  void OnStart(RpcMethod method, CallContext& context) override;
  void OnEnd(RpcMethod method, const CallContext& context, const absl::Status& status,
             std::chrono::steady_clock::duration took) override;
  void OnEnd(const UpstreamAttempt& attempt, const CallContext& context, const absl::Status& status,
             std::chrono::steady_clock::duration took) override;

 private:
  static constexpr size_t kCodes = 17;  ///< gRPC's, 0 to 16.

  /// What is counted of one RPC. Histograms are made as their codes come.
  struct Rpc {
    prometheus::Counter* started;
    std::array<prometheus::Counter*, kCodes> handled;
    std::array<std::atomic<prometheus::Histogram*>, kCodes> took;
  };

  void CountRefusal(const absl::Status& status);

  Metrics& metrics_;
  const std::vector<std::string> deployments_;
  prometheus::Family<prometheus::Histogram>& handling_;
  prometheus::Family<prometheus::Histogram>& attempts_;
  prometheus::Family<prometheus::Counter>& denials_;
  std::array<Rpc, std::size(kRpcMethods)> rpcs_;
  /// Of attempts_, those that succeeded: by deployment and operation.
  std::vector<std::array<prometheus::Histogram*, std::size(kUpstreamOperations)>> successes_;
  std::map<std::string, prometheus::Counter*, std::less<>> authentication_failures_;
  std::atomic<uint64_t> rate_limited_{0};  ///< By the limit of authenticated callers.
};

}  // namespace openvidu::token

#endif  // SERVER_SERVER_METRICS_H_
