#include "client/cli/run.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_split.h"
#include "client/auth_token.h"
#include "client/cli/bench.h"
#include "client/cli/calls.h"
#include "client/cli/completion.h"
#include "client/cli/curl.h"
#include "client/cli/doctor.h"
#include "client/cli/findings.h"
#include "client/cli/flags.h"
#include "client/cli/health.h"
#include "client/cli/help.h"
#include "client/cli/man_page.h"
#include "client/cli/report.h"
#include "client/token_client.h"
#include "common/environment.h"
#include "common/flags.h"
#include "common/secret.h"
#include "common/shutdown_signal.h"

namespace openvidu::token {
namespace {

using Kind = CommandSpec::Kind;

TokenClientOptions ClientOptions() {
  return {.server_address = absl::GetFlag(FLAGS_server_address),
          .tls = absl::GetFlag(FLAGS_tls),
          .ca_file = absl::GetFlag(FLAGS_ca_file),
          .cert_file = absl::GetFlag(FLAGS_cert_file),
          .key_file = absl::GetFlag(FLAGS_key_file),
          .timeout = absl::GetFlag(FLAGS_timeout)};
}

/// What every command that calls the server needs.
struct Connection {
  TokenClientOptions options;
  std::shared_ptr<const Caller> caller;  ///< With the bearer token. Null: there is none.
  std::shared_ptr<grpc::Channel> channel;
};

absl::StatusOr<Connection> Connect(bool any_health) {
  Connection connection{.options = ClientOptions()};
  connection.options.any_health = any_health;
  absl::StatusOr<std::string> token = ReadAuthToken(absl::GetFlag(FLAGS_token_file));
  auto channel = MakeTokenChannel(connection.options);
  const absl::Status mistakes =
      AllMistakes({token.status(),
                   CheckTokenIsSafe(token.value_or(""), connection.options.server_address,
                                    connection.options.tls, absl::GetFlag(FLAGS_insecure_token)),
                   channel.status()});
  if (!mistakes.ok()) return mistakes;
  connection.channel = *std::move(channel);
  if (!token->empty()) {
    connection.caller = std::make_shared<const Caller>(Caller{.bearer_token = *std::move(token)});
  }
  return connection;
}

int PrintCurl(const absl::StatusOr<std::string>& command, Console& console) {
  if (!command.ok()) return ReportUsage(command.status(), console);
  console.out << *command << "\n";
  return kExitOk;
}

absl::StatusOr<CurlOptions> CurlOptionsFromFlags() {
  const std::string file = absl::GetFlag(FLAGS_token_file);
  const absl::StatusOr<std::string> token = ReadAuthToken(file);
  if (!token.ok()) return token.status();
  return CurlOptions{.gateway_url = absl::GetFlag(FLAGS_gateway_url),
                     .has_token = !token->empty(),
                     .token_file = file,
                     .timeout = absl::GetFlag(FLAGS_timeout)};
}

int RunCallCommand(const CommandLine& line, Console& console) {
  absl::StatusOr<Call> call = MakeCall(line);
  if (absl::GetFlag(FLAGS_curl)) {
    const absl::StatusOr<CurlOptions> options = CurlOptionsFromFlags();
    const absl::Status mistakes = AllMistakes({call.status(), options.status()});
    if (!mistakes.ok()) return ReportUsage(mistakes, console);
    return PrintCurl(CurlOf(*call, *options), console);
  }
  const absl::StatusOr<Connection> connection = Connect(false);
  const absl::Status mistakes = AllMistakes({call.status(), connection.status()});
  if (!mistakes.ok()) return ReportUsage(mistakes, console);
  call->caller = connection->caller;
  TokenClient client(connection->channel, connection->options.timeout);
  return RunCall(*call, client, console);
}

int RunHealthCommand(Console& console) {
  if (absl::GetFlag(FLAGS_curl)) {
    return PrintCurl(CurlOfHealth({.gateway_url = absl::GetFlag(FLAGS_gateway_url),
                                   .timeout = absl::GetFlag(FLAGS_timeout)}),
                     console);
  }
  const absl::StatusOr<Connection> connection = Connect(true);
  if (!connection.ok()) return ReportUsage(connection.status(), console);
  return RunHealth(connection->channel, connection->options.timeout, console);
}

/// Cancels `end` at SIGINT or SIGTERM; a second one ends the program. To be called before there are
/// other threads.
void CancelAtSignal(const std::shared_ptr<Cancellation>& end) {
  BlockShutdownSignals();
  std::thread([end] {
    WaitForShutdownSignal();
    end->Cancel();
  }).detach();
}

int RunWatchCommand(Console& console) {
  const auto end = std::make_shared<Cancellation>();
  CancelAtSignal(end);
  const absl::StatusOr<Connection> connection = Connect(true);
  if (!connection.ok()) return ReportUsage(connection.status(), console);
  return RunWatch(connection->channel, *end, console);
}

int RunBenchCommand(const CommandLine& line, Console& console) {
  const auto end = std::make_shared<Cancellation>();
  CancelAtSignal(end);
  BenchOptions options = {.requests = absl::GetFlag(FLAGS_requests),
                          .duration = absl::Seconds(absl::GetFlag(FLAGS_seconds)),
                          .concurrency = absl::GetFlag(FLAGS_concurrency)};
  if (!line.argument.empty()) options.session_id = line.argument;
  const absl::StatusOr<Connection> connection = Connect(false);
  const absl::Status mistakes = AllMistakes({CheckBenchOptions(options), connection.status()});
  if (!mistakes.ok()) return ReportUsage(mistakes, console);
  options.caller = connection->caller;
  TokenClient client(connection->channel, connection->options.timeout);
  return RunBench(options, client, *end, console);
}

int RunDoctorCommand(Console& console) {
  const absl::StatusOr<std::string> secret = ReadOpenViduSecret();
  const absl::StatusOr<Connection> connection = Connect(true);
  if (!connection.ok()) return ReportUsage(connection.status(), console);
  const TokenClientOptions& options = connection->options;
  Findings findings(console);
  CheckTokenServer(options, connection->caller, findings);
  const std::string gateway = absl::GetFlag(FLAGS_gateway_url);
  if (gateway != FindFlagSpec("gateway_url")->Default()) {
    CheckGateway({gateway, options.ca_file, options.timeout}, findings);
  }
  std::string urls = absl::GetFlag(FLAGS_openvidu_url);
  if (urls.empty()) urls = EnvOr("OPENVIDU_URLS", "");
  for (absl::string_view url : absl::StrSplit(urls, ',', absl::SkipWhitespace())) {
    CheckOpenVidu({std::string(absl::StripAsciiWhitespace(url)),
                   absl::GetFlag(FLAGS_openvidu_ca_file), options.timeout},
                  secret, findings);
  }
  return findings.Finish();
}

int RunHelp(const std::string& command, Console& console) {
  const CommandSpec* const spec = FindCommand(command);
  if (spec == nullptr && !command.empty()) {
    return ReportUsage(absl::InvalidArgumentError("there is no command '" + command + "'"),
                       console);
  }
  console.out << (spec == nullptr ? HelpText() : HelpText(*spec));
  return kExitOk;
}

}  // namespace

int Run(const CommandLine& line, Console& console) {
  if (line.command->kind != Kind::kDoctor) ForgetOpenViduSecret();
  switch (line.command->kind) {
    case Kind::kInitSession:
    case Kind::kCreateConnection:
    case Kind::kJoin:
      return RunCallCommand(line, console);
    case Kind::kHealth:
      return RunHealthCommand(console);
    case Kind::kWatch:
      return RunWatchCommand(console);
    case Kind::kBench:
      return RunBenchCommand(line, console);
    case Kind::kDoctor:
      return RunDoctorCommand(console);
    case Kind::kCompletion:
      console.out << CompletionScript(line.argument);
      return kExitOk;
    case Kind::kMan:
      console.out << ManPage();
      return kExitOk;
    case Kind::kHelp:
      return RunHelp(line.argument, console);
  }
  return kExitFailure;
}

}  // namespace openvidu::token
