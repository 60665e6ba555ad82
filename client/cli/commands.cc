#include "client/cli/commands.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/cli/report.h"
#include "common/flags.h"

namespace openvidu::token {
namespace {

using Kind = CommandSpec::Kind;

/// `own`, and then those of every command that calls the server.
std::vector<const char*> AndServerFlags(std::vector<const char*> own) {
  const std::vector<const char*> server = {
      "server_address", "tls",     "ca_file", "cert_file", "key_file", "token_file",
      "insecure_token", "timeout", "output",  "json",      "profile"};
  own.insert(own.end(), server.begin(), server.end());
  return own;
}

}  // namespace

bool CommandSpec::Takes(absl::string_view flag) const {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

std::string CommandSpec::Synopsis() const {
  return absl::StrCat(name, *argument == '\0' ? "" : " ", argument);
}

const std::vector<CommandSpec>& AllCommands() {
  static const auto& commands = *new std::vector<CommandSpec>{
      {.kind = Kind::kInitSession,
       .name = "init-session",
       .summary = "Creates a session, or finds the one that has this id",
       .details = "Prints the session's id. With --custom_session_id it does no harm to run it "
                  "again.",
       .flags = AndServerFlags({"custom_session_id", "properties", "curl", "gateway_url"})},
      {.kind = Kind::kCreateConnection,
       .name = "create-connection",
       .argument = "SESSION",
       .summary = "Creates a connection to a session",
       .details = "Prints the connection's token, which a browser joins the session by. The "
                  "session has to be there.",
       .flags =
           AndServerFlags({"role", "data", "properties", "request_id", "curl", "gateway_url"})},
      {.kind = Kind::kJoin,
       .name = "join",
       .argument = "ROOM",
       .summary = "Creates a connection to a session, and the session if it is not there",
       .details = "Prints the connection's token.",
       .flags = AndServerFlags({"role", "data", "properties", "session_properties", "request_id",
                                "curl", "gateway_url"})},
      {.kind = Kind::kHealth,
       .name = "health",
       .summary = "Asks whether the server takes calls",
       .details = "Prints SERVING, NOT_SERVING (it is about to stop, say) or UNREACHABLE.",
       .flags = AndServerFlags({"curl", "gateway_url"})},
      {.kind = Kind::kWatch,
       .name = "watch",
       .summary = "Prints the server's health whenever it changes, until interrupted",
       .details = "One line for each change, with its time. Of a name with several addresses it "
                  "watches one server at a time. SIGINT and SIGTERM end it with the exit code 0.",
       .flags = AndServerFlags({})},
      {.kind = Kind::kBench,
       .name = "bench",
       .argument = "[SESSION]",
       .summary = "Measures how fast connections are created, all in one session",
       .details =
           "Creates the session (bench-cli where none is named) if it is not there, and then "
           "real connections: each costs an OpenVidu some 65 ms of CPU, and stays until the "
           "session ends. SIGINT ends it early, with what was measured. It exits with 1 "
           "where a call failed.",
       .flags = AndServerFlags({"requests", "seconds", "concurrency"})},
      {.kind = Kind::kDoctor,
       .name = "doctor",
       .summary = "Checks the way to the token server, and says what is wrong",
       .details = "Checks its name, port, TLS, health and whether it takes this caller; with "
                  "--gateway_url a gateway; with --openvidu_url an OpenVidu: its name, port, TLS, "
                  "clock and secret, by one request that costs it some 65 ms of CPU. Each check is "
                  "ok, warn or fail; it exits with 1 where one fails.",
       .flags = AndServerFlags({"gateway_url", "openvidu_url", "openvidu_ca_file"})},
      {.kind = Kind::kCompletion,
       .name = "completion",
       .argument = "SHELL",
       .values = {"bash", "zsh", "fish"},
       .summary = "Prints what teaches a shell to complete token-cli's commands and flags",
       .details = "For bash: source <(token-cli completion bash), in ~/.bashrc. For zsh: the same, "
                  "after compinit, in ~/.zshrc, or a file _token-cli in $fpath. For fish: a file "
                  "~/.config/fish/completions/token-cli.fish."},
      {.kind = Kind::kMan,
       .name = "man",
       .summary = "Prints the manual page",
       .details = "To read it: token-cli man | man -l -"},
      {.kind = Kind::kHelp,
       .name = "help",
       .argument = "[COMMAND]",
       .summary = "Says what a command does and takes",
       .details = "The same as COMMAND --help."},
  };
  return commands;
}

const CommandSpec* FindCommand(absl::string_view name) {
  const auto& commands = AllCommands();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [name](const CommandSpec& spec) { return spec.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

const std::vector<ExitCodeSpec>& AllExitCodes() {
  static const auto& codes = *new std::vector<ExitCodeSpec>{
      {kExitOk, "Done."},
      {kExitFailure, "Another error."},
      {kExitUsage, "A mistake in the command line, the environment or a file."},
      {kExitNotFound, "There is no such session."},
      {kExitRejected, "OpenVidu, or a check before it, rejects a property."},
      {kExitUnavailable, "There was no answer, or not in time, or the server takes no calls."},
      {kExitNotAllowed, "The server does not know who calls, or does not let him."},
      {kExitBusy, "Too much is asked for at present: come again later."},
  };
  return codes;
}

const std::vector<VariableSpec>& OtherVariables() {
  static const auto& variables = *new std::vector<VariableSpec>{
      {"TOKEN_AUTH_TOKEN", "The bearer token to call by."},
      {"NO_COLOR", "Where it is not empty, nothing is printed in colour."},
      {"TERM", "Where it is dumb or not set, neither."},
      {"XDG_CONFIG_HOME",
       "The folder that openvidu-token/profiles.ini is in, in place of ~/.config."},
  };
  return variables;
}

}  // namespace openvidu::token
