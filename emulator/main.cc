#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/flags.h"
#include "common/host_port.h"
#include "common/log.h"
#include "common/secret.h"
#include "common/shutdown_signal.h"
#include "emulator/openvidu_emulator.h"

ABSL_FLAG(std::string, listen_address, "127.0.0.1:4443",
          "host:port of the REST API, plain HTTP; port 0: any free one.");
ABSL_FLAG(std::string, control_address, "",
          "host:port of the control surface for tests; empty: none.");
ABSL_FLAG(std::string, domain, "localhost",
          "DOMAIN_OR_PUBLIC_IP: the host that tokens and /config name.");
ABSL_FLAG(int, https_port, 4443, "HTTPS_PORT: the port that tokens and /config name.");
ABSL_FLAG(absl::Duration, garbage_interval, absl::Seconds(900),
          "How often sessions that nobody joined are collected; 0: never.");
ABSL_FLAG(absl::Duration, garbage_threshold, absl::Seconds(3600),
          "From what age on they are collected.");
ABSL_FLAG(absl::Duration, cost_per_request, absl::ZeroDuration(),
          "What each authenticated request costs; the real server needs about 65ms of CPU.");
ABSL_FLAG(int, concurrency, 0,
          "How many authenticated requests are served at once, each holding a slot for "
          "cost_per_request; 0: no "
          "limit, and the cost is burnt as CPU.");

namespace {

constexpr char kUsage[] =
    "openvidu-emulator: stands in for openvidu-server 2.32.2, with its REST API in memory.\n\n"
    "Environment: OPENVIDU_SECRET or OPENVIDU_SECRET_FILE, the secret that it asks for.";

}  // namespace

int main(int argc, char* argv[]) {
  namespace token = openvidu::token;
  token::BlockShutdownSignals();
  token::ParseFlagsOrExit(argc, argv, kUsage);
  const absl::StatusOr<std::string> secret = token::ReadOpenViduSecret();
  if (!secret.ok()) return token::ReportMistakes(secret.status());

  auto emulator = openvidu::emulator::OpenViduEmulator::Start({
      .listen_address = absl::GetFlag(FLAGS_listen_address),
      .secret = *secret,
      .control_address = absl::GetFlag(FLAGS_control_address),
      .domain = absl::GetFlag(FLAGS_domain),
      .https_port = absl::GetFlag(FLAGS_https_port),
      .garbage_interval = absl::GetFlag(FLAGS_garbage_interval),
      .garbage_threshold = absl::GetFlag(FLAGS_garbage_threshold),
      .cost_per_request = absl::GetFlag(FLAGS_cost_per_request),
      .concurrency = absl::GetFlag(FLAGS_concurrency),
  });
  if (!emulator.ok()) return token::ReportMistakes(emulator.status());
  token::LogInfo(
      absl::StrCat("openvidu-emulator listening on ",
                   token::WithPort(absl::GetFlag(FLAGS_listen_address), (*emulator)->port())));
  if ((*emulator)->control_port() != 0) {
    token::LogInfo(absl::StrCat(
        "openvidu-emulator control surface on ",
        token::WithPort(absl::GetFlag(FLAGS_control_address), (*emulator)->control_port())));
  }
  const int signal = token::WaitForShutdownSignal();
  token::LogInfo(absl::StrCat("signal ", signal, ": stopping"));
  (*emulator)->Stop();
  return token::kExitOk;
}
