#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/flags.h"
#include "common/shutdown_signal.h"
#include "deploy/k8s/calls/load.h"

ABSL_FLAG(int, calls, 1, "Calls to make, at least.");
ABSL_FLAG(absl::Duration, seconds, absl::ZeroDuration(), "Time to call for, at least.");
ABSL_FLAG(int, concurrency, 1, "Callers at once.");
ABSL_FLAG(absl::Duration, pause, absl::ZeroDuration(), "Time between the calls of a caller.");
// A node that died gets connections for as long as its cluster does not know.
ABSL_FLAG(absl::Duration, patience, absl::Seconds(90), "Time to connect anew for, over HTTP.");
ABSL_FLAG(std::string, session, "cluster-test", "The session to join.");

namespace openvidu::token {
namespace {

constexpr char kUsage[] =
    "cluster-calls: what deploy/k8s/test.sh asks of the service from within a cluster.\n\n"
    "  cluster-calls grpc TARGET      calls over gRPC, until SIGTERM where --seconds are\n"
    "                                 left, and prints what came of it as JSON\n"
    "  cluster-calls http URL         the same over HTTP\n"
    "  cluster-calls get URL PATH     prints the answer's body; a code of its own, 3: no connection\n"
    "  cluster-calls wait             waits for a signal\n"
    "  cluster-calls terminate PID    sends SIGTERM\n\n"
    "Exits with 0 if no call is lost.";

/// Calls until the options are met or a signal comes, and says what came of it.
int Load(const std::function<Call()>& make_call) {
  static std::atomic<bool> stopped{false};
  std::thread([] {
    WaitForShutdownSignal();
    stopped = true;
  }).detach();
  std::fprintf(stderr, "pid %d\n", getpid());
  const LoadOptions options = {.calls = absl::GetFlag(FLAGS_calls),
                               .duration = absl::GetFlag(FLAGS_seconds),
                               .concurrency = absl::GetFlag(FLAGS_concurrency),
                               .pause = absl::GetFlag(FLAGS_pause)};
  const LoadResult result = RunLoad(options, make_call, stopped);
  std::puts(ToJson(result).c_str());
  return result.lost == 0 ? kExitOk : kExitFailure;
}

int Run(const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words[0];
  const std::string session = absl::GetFlag(FLAGS_session);
  if (command == "grpc" && words.size() == 2) {
    return Load(GrpcCalls(words[1], session));
  }
  if (command == "http" && words.size() == 2) {
    return Load(HttpCalls(words[1], session, absl::GetFlag(FLAGS_patience)));
  }
  if (command == "get" && words.size() == 3) return Get(words[1], words[2]);
  if (command == "wait" && words.size() == 1) {
    WaitForShutdownSignal();
    return kExitOk;
  }
  int pid = 0;
  if (command == "terminate" && words.size() == 2 && absl::SimpleAtoi(words[1], &pid) && pid > 0) {
    return kill(pid, SIGTERM) == 0 ? kExitOk : kExitFailure;
  }
  return ReportMistakes(absl::InvalidArgumentError("no such command; see --help"));
}

}  // namespace
}  // namespace openvidu::token

int main(int argc, char** argv) {
  namespace token = openvidu::token;
  token::BlockShutdownSignals();
  const auto words = token::ParseCommandOrExit(argc, argv, token::kUsage);
  return token::Run(words);
}
