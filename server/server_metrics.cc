#include "server/server_metrics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rate_limiter.h"
#include "common/status_details.h"
#include "proto/json_names.h"
#include "server/access/decision.h"

namespace openvidu::token {
namespace {

constexpr char kOther[] = "OTHER";

constexpr absl::string_view kAuthenticationReasons[] = {"CREDENTIALS_MISSING", "KEYS_UNAVAILABLE",
                                                        "TOKEN_ALGORITHM",     "TOKEN_AUDIENCE",
                                                        "TOKEN_EXPIRED",       "TOKEN_ISSUER",
                                                        "TOKEN_KEY_UNKNOWN",   "TOKEN_MALFORMED",
                                                        "TOKEN_MISSING",       "TOKEN_NOT_ACCEPTED",
                                                        "TOKEN_NOT_YET_VALID", "TOKEN_SIGNATURE",
                                                        "TOKEN_SUBJECT",       kOther};

/// Of OpenViduClient, and of those before it.
constexpr absl::string_view kUpstreamReasons[] = {"",
                                                  "OPENVIDU_MASKED_ERROR",
                                                  "OPENVIDU_REJECTED",
                                                  "OPENVIDU_SECRET_REFUSED",
                                                  "PROPERTY_INVALID",
                                                  "SESSION_EXISTS",
                                                  "SESSION_NOT_FOUND",
                                                  "UPSTREAM_ANSWER_LOST",
                                                  "UPSTREAM_BAD_ANSWER",
                                                  "UPSTREAM_BUSY",
                                                  "UPSTREAM_CIRCUIT_OPEN",
                                                  "UPSTREAM_ERROR",
                                                  "UPSTREAM_UNEXPECTED_STATUS",
                                                  "UPSTREAM_UNREACHABLE"};

std::string UpstreamReasonLabel(const std::string& reason) {
  const auto* const known =
      std::find(std::begin(kUpstreamReasons), std::end(kUpstreamReasons), reason);
  return known == std::end(kUpstreamReasons) ? kOther : reason;
}

/// The property that a denial is about, where the contract has it: a caller may name any.
std::string PropertyLabel(const std::string& field) {
  const std::string name = field.substr(0, field.find('.'));
  if (name.empty()) return "none";
  for (const auto* const type :
       {v1::SessionProperties::descriptor(), v1::ConnectionProperties::descriptor()}) {
    const auto* const known = FindField(*type, name);
    if (known != nullptr && !IsAdditional(*known)) return name;
  }
  return "other";
}

prometheus::Labels RpcLabels(RpcMethod method) {
  return {{"grpc_type", "unary"},
          {"grpc_service", v1::TokenService::service_full_name()},
          {"grpc_method", std::string(NameOf(method))}};
}

/// Go's and Java's names of codes, which dashboards know.
std::string CodeLabel(size_t code) {
  constexpr const char* kNames[] = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  return kNames[code];
}

template <typename Builder>
auto& Register(Builder builder, const char* name, const char* help, Metrics& metrics) {
  return builder.Name(name).Help(help).Register(metrics.registry());
}

void AddUpstream(const UpstreamState& state, const std::string& deployment, Readings& readings) {
  const auto gauge = [&](const char* name, const char* help, double value) {
    readings.Gauge(absl::StrCat("openvidu_token_upstream_", name), help, value,
                   {{"deployment", deployment}});
  };
  gauge("in_flight", "Requests that OpenVidu works on, but for those that are stuck.",
        state.in_flight);
  gauge("stuck", "Requests that take very much longer than others.", state.stuck);
  gauge("concurrency_limit", "Requests that OpenVidu gets at once, at most.", state.limit);
  gauge("waiting", "Requests that wait for their turn.", static_cast<double>(state.waiting));
  gauge("circuit_open", "1 while OpenVidu cannot be reached and is only probed, else 0.",
        state.circuit_closed ? 0 : 1);
  gauge("latency_seconds", "What a request takes of late; 0 where that is not known.",
        absl::ToDoubleSeconds(state.latency));
  gauge("base_latency_seconds", "The same with no other request there.",
        absl::ToDoubleSeconds(state.base_latency));
  const std::pair<const char*, double> connections[] = {
      {"busy", state.in_flight + state.stuck},
      {"idle", static_cast<double>(state.idle_connections)}};
  for (const auto& [name, count] : connections) {
    readings.Gauge("openvidu_token_upstream_connections", "Connections to OpenVidu.", count,
                   {{"deployment", deployment}, {"state", name}});
  }
}

double Seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

ServerMetrics::ServerMetrics(Metrics& metrics, std::vector<std::string> deployments)
    : metrics_(metrics),
      deployments_(std::move(deployments)),
      handling_(Register(prometheus::BuildHistogram(), "grpc_server_handling_seconds",
                         "From the start of an RPC to its end.", metrics)),
      attempts_(Register(prometheus::BuildHistogram(), "openvidu_token_upstream_attempt_seconds",
                         "Of one attempt at OpenVidu, with the wait for its turn.", metrics)),
      denials_(Register(prometheus::BuildCounter(), "openvidu_token_policy_denials_total",
                        "Calls that the policy denied, by the property that it denied.", metrics)) {
  auto& started = Register(prometheus::BuildCounter(), "grpc_server_started_total",
                           "RPCs that were started.", metrics);
  auto& handled = Register(prometheus::BuildCounter(), "grpc_server_handled_total",
                           "RPCs that ended, whether they succeeded or not.", metrics);
  for (const RpcMethod method : kRpcMethods) {
    Rpc& rpc = rpcs_[static_cast<size_t>(method)];
    prometheus::Labels labels = RpcLabels(method);
    rpc.started = &started.Add(labels);
    for (size_t code = 0; code < kCodes; ++code) {
      labels["grpc_code"] = CodeLabel(code);
      rpc.handled[code] = &handled.Add(labels);
      rpc.took[code] = nullptr;
    }
  }
  for (const std::string& deployment : deployments_) {
    auto& successes = successes_.emplace_back();
    for (const UpstreamOperation operation : kUpstreamOperations) {
      successes[static_cast<size_t>(operation)] =
          &attempts_.Add({{"deployment", deployment},
                          {"operation", std::string(NameOf(operation))},
                          {"code", "OK"},
                          {"reason", ""}},
                         LatencyBuckets());
    }
  }
  auto& failures =
      Register(prometheus::BuildCounter(), "openvidu_token_authentication_failures_total",
               "Calls whose caller could not show who it is, by the reason.", metrics);
  for (const absl::string_view reason : kAuthenticationReasons) {
    authentication_failures_[std::string(reason)] =
        &failures.Add({{"reason", std::string(reason)}});
  }
}

void ServerMetrics::AddTo(ServerObservers& observers) {
  observers.rpcs.push_back(this);
  observers.attempts.push_back(this);
}

void ServerMetrics::OnStart(RpcMethod method, CallContext& /*context*/) {
  rpcs_[static_cast<size_t>(method)].started->Increment();
}

void ServerMetrics::OnEnd(RpcMethod method, const CallContext& /*context*/,
                          const absl::Status& status, std::chrono::steady_clock::duration took) {
  Rpc& rpc = rpcs_[static_cast<size_t>(method)];
  const auto code = std::min(static_cast<size_t>(status.code()), kCodes - 1);
  rpc.handled[code]->Increment();
  prometheus::Histogram* histogram = rpc.took[code].load(std::memory_order_acquire);
  if (histogram == nullptr) {
    prometheus::Labels labels = RpcLabels(method);
    labels["grpc_code"] = CodeLabel(code);
    histogram = &handling_.Add(labels, LatencyBuckets());  // the same for all who ask
    rpc.took[code].store(histogram, std::memory_order_release);
  }
  histogram->Observe(Seconds(took));
  if (!status.ok()) CountRefusal(status);
}

void ServerMetrics::CountRefusal(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  if (reason == kPolicyDenied) {
    denials_.Add({{"property", PropertyLabel(FieldOf(status))}}).Increment();
  } else if (reason == kRateLimited) {
    ++rate_limited_;
  } else if (absl::IsUnauthenticated(status) || reason == "KEYS_UNAVAILABLE") {
    const auto known = authentication_failures_.find(reason);
    const auto counted =
        known != authentication_failures_.end() ? known : authentication_failures_.find(kOther);
    counted->second->Increment();
  }
}

void ServerMetrics::OnEnd(const UpstreamAttempt& attempt, const CallContext& /*context*/,
                          const absl::Status& status, std::chrono::steady_clock::duration took) {
  if (status.ok()) {
    return successes_[attempt.deployment][static_cast<size_t>(attempt.operation)]->Observe(
        Seconds(took));
  }
  attempts_
      .Add({{"deployment", deployments_[attempt.deployment]},
            {"operation", std::string(NameOf(attempt.operation))},
            {"code", CodeLabel(static_cast<size_t>(status.code()))},
            {"reason", UpstreamReasonLabel(ReasonOf(status))}},
           LatencyBuckets())
      .Observe(Seconds(took));
}

void ServerMetrics::Watch(const TokenServer& server) {
  metrics_.AddSource([this, &server](Readings& readings) {
    const TokenServerState state = server.state();
    for (size_t i = 0; i < state.upstreams.size(); ++i) {
      AddUpstream(state.upstreams[i], deployments_[i], readings);
    }
    readings.Counter("openvidu_token_upstream_retries_total",
                     "Attempts at OpenVidu that were not their call's first.",
                     static_cast<double>(state.retries));
    readings.Gauge("openvidu_token_upstream_retry_budget_ratio",
                   "What is left of the budget of retries; at a half nothing is tried again.",
                   state.retry_budget);
    const std::pair<const char*, uint64_t> shared[] = {{"session", state.shared_creations},
                                                       {"request_id", state.shared_requests}};
    for (const auto& [kind, count] : shared) {
      readings.Counter("openvidu_token_shared_calls_total",
                       "Calls that had another one's result, and cost OpenVidu nothing.",
                       static_cast<double>(count), {{"kind", kind}});
    }
    AddRateLimited(readings, "subject", rate_limited_);
    if (state.audit_lines_dropped.has_value()) {
      AddLogLinesDropped(readings, "audit", *state.audit_lines_dropped);
    }
    if (state.certificate_expires.has_value()) {
      AddCertificateExpiry(readings, "grpc", *state.certificate_expires);
    }
  });
}

}  // namespace openvidu::token
