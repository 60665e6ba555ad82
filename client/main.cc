#include <iostream>

#include "absl/flags/flag.h"
#include "client/command.h"
#include "client/token_client.h"
#include "common/environment.h"
#include "common/flags.h"
#include "common/secret.h"

ABSL_FLAG(std::string, server_address,
          openvidu::token::EnvOr("TOKEN_SERVER_ADDRESS", "localhost:50051"),
          "host:port of the token server, or any gRPC target; default: $TOKEN_SERVER_ADDRESS.");
ABSL_FLAG(bool, tls, false, "Speaks TLS to the server.");
ABSL_FLAG(std::string, ca_file, "",
          "PEM file of the certificate authorities that the server is verified by; with --tls. "
          "Empty: gRPC's own roots.");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(25), "Longest time to wait for the answer.");

int main(int argc, char** argv) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace): this is main()
  const std::vector<std::string> arguments = ParseCommandOrExit(
      argc, argv,
      "token-cli: asks a token server for OpenVidu sessions and tokens.\n\n"
      "  token-cli init-session [--custom_session_id ID] [--properties JSON] [--json]\n"
      "      Prints the id of a new session, or of the one that has this id.\n"
      "  token-cli create-connection SESSION [--role ROLE] [--data TEXT] [--properties JSON] "
      "[--json]\n"
      "      Prints the token of a new connection to the session.\n"
      "  token-cli join ROOM [--role ROLE] [--data TEXT] [--properties JSON] "
      "[--session_properties JSON] [--json]\n"
      "      The same for the session of this id, which is created where it is not there.\n\n"
      "Exit codes: 0 done; 1 another error; 2 a mistake in the command line; 3 no such session; "
      "4 a property is\n"
      "rejected; 5 no answer, or not in time.");
  ForgetOpenViduSecret();
  const absl::StatusOr<Command> command = MakeCommand(arguments);
  if (!command.ok()) return ReportMistakes(command.status());

  const auto client = TokenClient::Create({.server_address = absl::GetFlag(FLAGS_server_address),
                                           .tls = absl::GetFlag(FLAGS_tls),
                                           .ca_file = absl::GetFlag(FLAGS_ca_file),
                                           .timeout = absl::GetFlag(FLAGS_timeout)});
  if (!client.ok()) return ReportMistakes(client.status());
  return RunCommand(*command, **client, std::cout, std::cerr);
}
