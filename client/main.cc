#include <iostream>

#include "absl/flags/flag.h"
#include "client/auth_token.h"
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
ABSL_FLAG(std::string, cert_file, "",
          "PEM certificate chain to prove by who calls; with --key_file and --tls.");
ABSL_FLAG(std::string, key_file, "", "PEM private key of --cert_file, not encrypted.");
ABSL_FLAG(std::string, token_file, "",
          "File with the bearer token to call by; or else $TOKEN_AUTH_TOKEN (there is no flag for "
          "the token itself).");
ABSL_FLAG(bool, insecure_token, false,
          "Sends the bearer token without TLS to another machine too, where it can be read on its "
          "way.");
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
  const TokenClientOptions options = {.server_address = absl::GetFlag(FLAGS_server_address),
                                      .tls = absl::GetFlag(FLAGS_tls),
                                      .ca_file = absl::GetFlag(FLAGS_ca_file),
                                      .cert_file = absl::GetFlag(FLAGS_cert_file),
                                      .key_file = absl::GetFlag(FLAGS_key_file),
                                      .timeout = absl::GetFlag(FLAGS_timeout)};
  absl::StatusOr<Command> command = MakeCommand(arguments);
  absl::StatusOr<std::string> token = ReadAuthToken(absl::GetFlag(FLAGS_token_file));
  const auto client = TokenClient::Create(options);
  const absl::Status mistakes =
      AllMistakes({command.status(), token.status(),
                   CheckTokenIsSafe(token.value_or(""), options.server_address, options.tls,
                                    absl::GetFlag(FLAGS_insecure_token)),
                   client.status()});
  if (!mistakes.ok()) return ReportMistakes(mistakes);
  if (!token->empty()) {
    command->caller = std::make_shared<const Caller>(Caller{.bearer_token = *std::move(token)});
  }
  return RunCommand(*command, **client, std::cout, std::cerr);
}
