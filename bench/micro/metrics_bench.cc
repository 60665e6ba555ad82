// What a measured request costs more: all that observers do of one join by REST in token-standalone.
#include <benchmark/benchmark.h>

#include "gateway/gateway_metrics.h"
#include "server/server_metrics.h"

namespace openvidu::token {
namespace {

/// The seams and what they are told, without the request in between.
void BM_MeasuredRequest(benchmark::State& state) {
  const auto reactor = *Reactor::Start("bench");
  Metrics metrics(*reactor);
  GatewayMetrics gateway(metrics);
  ServerMetrics server(metrics, {"http://openvidu:4443"});
  UpstreamObserver& upstream = server;
  RpcObserver& rpcs = server;
  const UpstreamAttempt attempt{UpstreamOperation::kCreateConnection};
  const ObservedRequest request{.route = "/api/sessions/{id}/connections", .method = "POST"};
  const std::chrono::microseconds took(1500);
  CallContext context;
  for (auto _ : state) {
    rpcs.OnStart(RpcMethod::kCreateConnection, context);
    upstream.OnEnd(attempt, context, absl::OkStatus(), took);
    rpcs.OnEnd(RpcMethod::kCreateConnection, context, absl::OkStatus(), took);
    gateway.OnAnswer(request, {.status = 200, .took = took});
  }
}
BENCHMARK(BM_MeasuredRequest);

/// A scrape of a process in which much has happened.
void BM_Scrape(benchmark::State& state) {
  const auto reactor = *Reactor::Start("bench");
  Metrics metrics(*reactor);
  GatewayMetrics gateway(metrics);
  ServerMetrics server(metrics, {"http://openvidu:4443"});
  for (const int status : {200, 400, 401, 403, 404, 405, 429, 500, 503}) {
    for (const char* const route : {"/api/sessions", "/api/sessions/{id}/join", "other"}) {
      gateway.OnAnswer({.route = route, .method = "POST"}, {.status = status});
    }
  }
  for (auto _ : state) benchmark::DoNotOptimize(metrics.Text());
}
BENCHMARK(BM_Scrape);

}  // namespace
}  // namespace openvidu::token
