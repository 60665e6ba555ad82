#include <memory>
#include <random>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/environment.h"
#include "common/flags.h"
#include "common/harden_process.h"
#include "common/host_port.h"
#include "common/log.h"
#include "common/mutex_checks.h"
#include "common/process_memory.h"
#include "common/service_manager.h"
#include "common/shutdown_signal.h"
#include "emulator/openvidu_emulator.h"
#include "gateway/gateway_flags.h"
#include "gateway/gateway_metrics.h"
#include "gateway/gateway_server.h"
#include "server/server_flags.h"
#include "server/server_metrics.h"
#include "server/token_server.h"
#include "telemetry/call_telemetry.h"
#include "telemetry/logging_flags.h"
#include "telemetry/loss_metrics.h"
#include "telemetry/metrics_flags.h"
#include "telemetry/metrics_server.h"
#include "telemetry/tracing_flags.h"

ABSL_FLAG(
    std::string, http_address, openvidu::token::HttpAddressFromEnv(),
    "host:port that the HTTP server binds; port 0 for any free one; systemd:NAME for the "
    "socket that systemd passes under this name; default: all addresses, port $SERVER_PORT or "
    "5000.");
ABSL_FLAG(std::string, grpc_address, "0.0.0.0:50051",
          "host:port that the gRPC server binds; port 0 for any free one.");
ABSL_FLAG(
    bool, emulate_openvidu, false,
    "Starts an emulation of OpenVidu inside and uses it instead of a real one: sessions and "
    "tokens come from memory and no call can be joined with them. For development and tests.");

namespace openvidu::token {
namespace {

using Emulator = openvidu::emulator::OpenViduEmulator;

std::string RandomSecret() {
  std::random_device random;
  std::string secret;
  for (int i = 0; i < 4; ++i) absl::StrAppend(&secret, absl::Hex(random(), absl::kZeroPad8));
  return secret;
}

/// Starts the emulator and points `options` to it.
absl::StatusOr<std::unique_ptr<Emulator>> StartEmulator(OpenViduOptions& options) {
  options.secret = RandomSecret();
  openvidu::emulator::EmulatorOptions emulator_options;
  emulator_options.listen_address = "127.0.0.1:0";
  emulator_options.secret = options.secret;
  absl::StatusOr<std::unique_ptr<Emulator>> emulator = Emulator::Start(emulator_options);
  if (!emulator.ok()) return emulator;
  if (!EnvOr("OPENVIDU_URL", "").empty()) {
    LogWarning("OPENVIDU_URL is ignored: --emulate_openvidu asks for an emulation");
  }
  options.url = absl::StrCat("http://127.0.0.1:", (*emulator)->port());
  LogWarning("********************************************************************");
  LogWarning("EMULATED OPENVIDU: no call can be joined with the tokens given here.");
  LogWarning("Set OPENVIDU_URL and OPENVIDU_SECRET, without --emulate_openvidu, for a real one.");
  LogWarning("********************************************************************");
  return emulator;
}

int Serve(int argc, char** argv) {
  ParseFlagsOrExit(
      argc, argv,
      "token-standalone: token-server and token-gateway in one process.\n\n"
      "Environment: SERVER_PORT, OPENVIDU_URL or OPENVIDU_URLS, and OPENVIDU_SECRET or "
      "OPENVIDU_SECRET_FILE (there is\nno flag for the secret; with "
      "--emulate_openvidu none is needed); of traces OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES "
      "and "
      "OTEL_EXPORTER_OTLP_HEADERS.");
  const LoggingOptions logging_options = LoggingOptionsFromFlags();
  const TracingOptions tracing_options = TracingOptionsFromFlags("token-standalone");
  const bool emulate = absl::GetFlag(FLAGS_emulate_openvidu);
  absl::StatusOr<TokenServerOptions> server_options =
      ServerOptionsFromFlags(absl::GetFlag(FLAGS_grpc_address), emulate);
  GatewayOptions gateway_options = GatewayOptionsFromFlags(/*ui_by_default=*/true);
  gateway_options.http.listen_address = absl::GetFlag(FLAGS_http_address);
  const std::string metrics_address = MetricsAddressFromFlags();
  const absl::Status mistakes = AllMistakes(
      {Logging::Check(logging_options), Tracing::Check(tracing_options), server_options.status(),
       GatewayServer::Check(gateway_options), MetricsServer::Check(metrics_address)});
  if (!mistakes.ok()) return ReportMistakes(mistakes);

  std::unique_ptr<Emulator> emulator;
  if (emulate) {
    auto started = StartEmulator(server_options->openvidu);
    if (!started.ok()) return ReportMistakes(started.status());
    emulator = *std::move(started);
  }
  // One thread for both: a request crosses none on its way.
  const auto reactor = Reactor::Start("standalone");
  if (!reactor.ok()) return ReportMistakes(reactor.status());
  const auto logging = Logging::Start(logging_options, **reactor);
  if (!logging.ok()) return ReportMistakes(logging.status());
  const auto tracing = Tracing::Start(tracing_options);
  if (!tracing.ok()) return ReportMistakes(tracing.status());
  const CallTelemetry telemetry{&(*logging)->access_log(), (*tracing)->tracer()};
  Metrics metrics(**reactor);
  WatchLosses(metrics, **logging, **tracing);
  ServerMetrics server_metrics(metrics, server_options->openvidu.deployment_names());
  GatewayMetrics gateway_metrics(metrics);
  ServerObservers server_observers{.grpc = telemetry};
  std::vector<HttpObserver*> gateway_observers;
  if (!metrics_address.empty()) {
    server_metrics.AddTo(server_observers);
    gateway_observers.push_back(&gateway_metrics);
  }
  const auto server = TokenServer::Start(*server_options, **reactor, server_observers);
  if (!server.ok()) return ReportMistakes(server.status());
  const auto health = [server = server->get()](absl::Duration, TokenClient::HealthDone done) {
    done(server->serving() ? absl::OkStatus() : absl::UnavailableError("the server is stopping"));
  };
  gateway_options.site.grpc_port = (*server)->port();
  gateway_options.site.grpc_tls = server_options->tls.enabled();
  const auto gateway = GatewayServer::Start(
      gateway_options,
      std::make_unique<TokenClient>((*server)->service(), health, server_options->request_timeout),
      **reactor, gateway_observers, telemetry);
  if (!gateway.ok()) return ReportMistakes(gateway.status());
  server_metrics.Watch(**server);
  gateway_metrics.Watch(**gateway);
  const auto metrics_server = MetricsServer::Start(metrics_address, metrics, **reactor);
  if (!metrics_server.ok()) return ReportMistakes(metrics_server.status());
  LogInfo(absl::StrCat(
      "HTTP listening on ", WithPort(gateway_options.http.listen_address, (*gateway)->port()),
      ", gRPC listening on ", WithPort(server_options->listen_address, (*server)->port()),
      ", OpenVidu at ", absl::StrJoin(server_options->openvidu.all_urls(), ", "),
      emulate ? " (emulated)" : ""));

  TellReady();
  ReleaseStartupCode();
  WaitForShutdownSignal();
  LogInfo("draining");
  TellStopping();
  (*gateway)->BeginDrain();
  (*server)->BeginDrain();
  absl::SleepFor(absl::GetFlag(FLAGS_drain_delay));
  LogInfo("stopping");
  // Both at once: neither takes new calls while the other finishes its own.
  const absl::Duration grace = absl::GetFlag(FLAGS_shutdown_grace);
  std::thread stop_gateway([&] { (*gateway)->Stop(grace); });
  (*server)->Stop(grace);
  stop_gateway.join();
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
