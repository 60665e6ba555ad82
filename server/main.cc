#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/flags.h"
#include "common/harden_process.h"
#include "common/host_port.h"
#include "common/log.h"
#include "common/mutex_checks.h"
#include "common/process_memory.h"
#include "common/secret.h"
#include "common/service_manager.h"
#include "common/shutdown_signal.h"
#include "server/server_flags.h"
#include "server/server_metrics.h"
#include "server/token_server.h"
#include "telemetry/call_telemetry.h"
#include "telemetry/logging_flags.h"
#include "telemetry/loss_metrics.h"
#include "telemetry/metrics_flags.h"
#include "telemetry/metrics_server.h"
#include "telemetry/tracing_flags.h"

ABSL_FLAG(std::string, listen_address, "0.0.0.0:50051",
          "host:port that the gRPC server binds; port 0 for any free one.");

namespace openvidu::token {
namespace {

int Serve(int argc, char** argv) {
  ParseFlagsOrExit(
      argc, argv,
      "token-server: issues OpenVidu session ids and tokens over gRPC.\n\n"
      "Environment: OPENVIDU_URL or OPENVIDU_URLS, and OPENVIDU_SECRET or OPENVIDU_SECRET_FILE "
      "(there is no flag for the secret); of traces OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES "
      "and OTEL_EXPORTER_OTLP_HEADERS.");
  const LoggingOptions logging_options = LoggingOptionsFromFlags();
  const TracingOptions tracing_options = TracingOptionsFromFlags("token-server");
  const absl::StatusOr<TokenServerOptions> options =
      ServerOptionsFromFlags(absl::GetFlag(FLAGS_listen_address));
  const std::string metrics_address = MetricsAddressFromFlags();
  const absl::Status mistakes =
      AllMistakes({Logging::Check(logging_options), Tracing::Check(tracing_options),
                   options.status(), MetricsServer::Check(metrics_address)});
  if (!mistakes.ok()) return ReportMistakes(mistakes);

  const auto reactor = Reactor::Start("openvidu");
  if (!reactor.ok()) return ReportMistakes(reactor.status());
  const auto logging = Logging::Start(logging_options, **reactor);
  if (!logging.ok()) return ReportMistakes(logging.status());
  const auto tracing = Tracing::Start(tracing_options);
  if (!tracing.ok()) return ReportMistakes(tracing.status());
  const CallTelemetry telemetry{&(*logging)->access_log(), (*tracing)->tracer()};
  Metrics metrics(**reactor);
  WatchLosses(metrics, **logging, **tracing);
  ServerMetrics server_metrics(metrics, options->openvidu.deployment_names());
  ServerObservers observers{.grpc = telemetry};
  if (!metrics_address.empty()) server_metrics.AddTo(observers);
  const auto server = TokenServer::Start(*options, **reactor, observers);
  if (!server.ok()) return ReportMistakes(server.status());
  server_metrics.Watch(**server);
  const auto metrics_server = MetricsServer::Start(metrics_address, metrics, **reactor);
  if (!metrics_server.ok()) return ReportMistakes(metrics_server.status());
  LogInfo(absl::StrCat("gRPC listening on ", WithPort(options->listen_address, (*server)->port()),
                       ", OpenVidu at ", absl::StrJoin(options->openvidu.all_urls(), ", ")));

  TellReady();
  ReleaseStartupCode();
  WaitForShutdownSignal();
  LogInfo("draining");
  TellStopping();
  (*server)->BeginDrain();
  absl::SleepFor(absl::GetFlag(FLAGS_drain_delay));
  LogInfo("stopping");
  (*server)->Stop(absl::GetFlag(FLAGS_shutdown_grace));
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
