#ifndef EMULATOR_UPSTREAM_H_
#define EMULATOR_UPSTREAM_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "emulator/api.h"
#include "emulator/cost_model.h"
#include "emulator/faults.h"
#include "emulator/http_message.h"
#include "emulator/request_log.h"
#include "emulator/rest_front.h"
#include "emulator/session_store.h"

namespace openvidu::emulator {

/// The emulated server behind its port: the REST API, and around it what tests make go wrong.
/// Thread-safe.
class Upstream : public HttpHandler {
 public:
  Upstream(const ApiConfig& config, std::string secret, const std::function<absl::Time()>& clock);

  HttpResponse Handle(const HttpRequest& request, RequestBody& body) override;

  SessionStore& store() { return store_; }
  CostModel& cost() { return cost_; }
  FaultPlan& faults() { return faults_; }
  RequestLog& log() { return log_; }

  /// Keeps records of the requests from now on.
  void StartLog() { is_logging_ = true; }
  /// Delays every answer.
  void SetLatency(absl::Duration latency) { latency_ms_ = absl::ToInt64Milliseconds(latency); }
  /// Forgets what a restart forgets: sessions, tokens, cookies.
  void Forget();

 private:
  void Log(const HttpRequest& request, RequestBody& body, bool body_was_read,
           const HttpResponse& response);

  SessionStore store_;
  CostModel cost_;
  Api api_;
  RestFront front_;
  FaultPlan faults_;
  RequestLog log_;
  std::atomic<bool> is_logging_{false};
  std::atomic<int64_t> latency_ms_{0};
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_UPSTREAM_H_
