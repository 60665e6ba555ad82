#ifndef CLIENT_CLI_CALLS_H_
#define CLIENT_CLI_CALLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/command_line.h"
#include "client/cli/output.h"
#include "client/token_client.h"

namespace openvidu::token {

/// One call of an RPC.
struct Call {
  CommandSpec::Kind kind = CommandSpec::Kind::kInitSession;  ///< Or kCreateConnection, or kJoin.
  std::string session_id;                                    ///< Of kCreateConnection and kJoin.
  v1::SessionProperties session;                             ///< Of kInitSession and kJoin.
  v1::ConnectionProperties connection;                       ///< Of kCreateConnection and kJoin.
  std::string request_id;                                    ///< Of kCreateConnection and kJoin.
  std::shared_ptr<const Caller> caller;  ///< With the bearer token to call by. Null: none.
};

/// Makes a call of a command line and its flags.
/// Errors: kInvalidArgument naming every mistake, one a line.
absl::StatusOr<Call> MakeCall(const CommandLine& line);

/// Makes it, prints the answer or the error, and returns the exit code.
int RunCall(const Call& call, TokenClient& client, Console& console);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_CALLS_H_
