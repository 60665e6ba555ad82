#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/token_client.h"
#include "common/environment.h"
#include "common/flags.h"
#include "common/harden_process.h"
#include "common/host_port.h"
#include "common/log.h"
#include "common/mutex_checks.h"
#include "common/process_memory.h"
#include "common/secret.h"
#include "common/service_manager.h"
#include "common/shutdown_signal.h"
#include "gateway/gateway_flags.h"
#include "gateway/gateway_metrics.h"
#include "gateway/gateway_server.h"
#include "net/reactor.h"
#include "telemetry/call_telemetry.h"
#include "telemetry/logging_flags.h"
#include "telemetry/loss_metrics.h"
#include "telemetry/metrics_flags.h"
#include "telemetry/metrics_server.h"
#include "telemetry/tracing_flags.h"

ABSL_FLAG(
    std::string, listen_address, openvidu::token::HttpAddressFromEnv(),
    "host:port that the HTTP server binds; port 0 for any free one; systemd:NAME for the "
    "socket that systemd passes under this name; default: all addresses, port $SERVER_PORT or "
    "5000.");
ABSL_FLAG(std::string, server_address,
          openvidu::token::EnvOr("TOKEN_SERVER_ADDRESS", "localhost:50051"),
          "host:port of the token server, or any gRPC target; default: $TOKEN_SERVER_ADDRESS.");
ABSL_FLAG(bool, server_tls, false, "Speaks TLS to the token server.");
ABSL_FLAG(std::string, server_ca_file, "",
          "PEM file of the certificate authorities that the token server is verified by; with "
          "--server_tls. Empty: gRPC's own roots.");
ABSL_FLAG(std::string, server_client_cert_file, "",
          "PEM certificate chain to prove to the token server which gateway calls, so that it "
          "believes who its callers are; with --server_client_key_file and --server_tls.");
ABSL_FLAG(std::string, server_client_key_file, "",
          "PEM private key of --server_client_cert_file, not encrypted.");
// A little more than the server's own limit, so that its explanation arrives.
ABSL_FLAG(absl::Duration, request_timeout, absl::Seconds(22),
          "Longest time to wait for the token server.");
ABSL_FLAG(absl::Duration, drain_delay, absl::ZeroDuration(),
          "Time after SIGTERM or SIGINT in which it says that it is not ready and serves all the "
          "same, so that callers notice and go elsewhere.");
ABSL_FLAG(absl::Duration, shutdown_grace, absl::Seconds(30),
          "Time that requests under way then get to finish. A second signal ends the program at "
          "once.");

namespace openvidu::token {
namespace {

int Serve(int argc, char** argv) {
  ParseFlagsOrExit(argc, argv,
                   "token-gateway: the REST endpoints of OpenVidu's sample applications, answered "
                   "by a token server.\n\n"
                   "Environment: SERVER_PORT, TOKEN_SERVER_ADDRESS; of traces OTEL_SERVICE_NAME, "
                   "OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_HEADERS.");
  ForgetOpenViduSecret();
  const LoggingOptions logging_options = LoggingOptionsFromFlags();
  const TracingOptions tracing_options = TracingOptionsFromFlags("token-gateway");
  auto client = TokenClient::Create({.server_address = absl::GetFlag(FLAGS_server_address),
                                     .tls = absl::GetFlag(FLAGS_server_tls),
                                     .ca_file = absl::GetFlag(FLAGS_server_ca_file),
                                     .cert_file = absl::GetFlag(FLAGS_server_client_cert_file),
                                     .key_file = absl::GetFlag(FLAGS_server_client_key_file),
                                     .timeout = absl::GetFlag(FLAGS_request_timeout)});
  GatewayOptions options = GatewayOptionsFromFlags(/*ui_by_default=*/false);
  options.http.listen_address = absl::GetFlag(FLAGS_listen_address);
  const std::string metrics_address = MetricsAddressFromFlags();
  const absl::Status mistakes = AllMistakes(
      {Logging::Check(logging_options), Tracing::Check(tracing_options), client.status(),
       GatewayServer::Check(options), MetricsServer::Check(metrics_address),
       CheckNotNegative("drain_delay", absl::GetFlag(FLAGS_drain_delay)),
       CheckNotNegative("shutdown_grace", absl::GetFlag(FLAGS_shutdown_grace))});
  if (!mistakes.ok()) return ReportMistakes(mistakes);
  const auto reactor = Reactor::Start("gateway");
  if (!reactor.ok()) return ReportMistakes(reactor.status());
  const auto logging = Logging::Start(logging_options, **reactor);
  if (!logging.ok()) return ReportMistakes(logging.status());
  const auto tracing = Tracing::Start(tracing_options);
  if (!tracing.ok()) return ReportMistakes(tracing.status());
  const CallTelemetry telemetry{&(*logging)->access_log(), (*tracing)->tracer()};
  Metrics metrics(**reactor);
  WatchLosses(metrics, **logging, **tracing);
  GatewayMetrics gateway_metrics(metrics);
  std::vector<HttpObserver*> observers;
  if (!metrics_address.empty()) observers.push_back(&gateway_metrics);
  const auto gateway =
      GatewayServer::Start(options, *std::move(client), **reactor, observers, telemetry);
  if (!gateway.ok()) return ReportMistakes(gateway.status());
  gateway_metrics.Watch(**gateway);
  const auto metrics_server = MetricsServer::Start(metrics_address, metrics, **reactor);
  if (!metrics_server.ok()) return ReportMistakes(metrics_server.status());
  LogInfo(absl::StrCat("HTTP listening on ",
                       WithPort(options.http.listen_address, (*gateway)->port()),
                       ", token server at ", absl::GetFlag(FLAGS_server_address)));

  TellReady();
  ReleaseStartupCode();
  WaitForShutdownSignal();
  LogInfo("draining");
  TellStopping();
  (*gateway)->BeginDrain();
  absl::SleepFor(absl::GetFlag(FLAGS_drain_delay));
  LogInfo("stopping");
  (*gateway)->Stop(absl::GetFlag(FLAGS_shutdown_grace));
  return kExitOk;
}

}  // namespace
}  // namespace openvidu::token

int main(int argc, char** argv) {
  openvidu::token::HardenProcess();
  openvidu::token::SkipMutexChecks();
  openvidu::token::UseOneHeap();
  openvidu::token::BlockShutdownSignals();
  return openvidu::token::Serve(argc, argv);
}
