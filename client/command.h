#ifndef CLIENT_COMMAND_H_
#define CLIENT_COMMAND_H_

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/token_client.h"

namespace openvidu::token {

/// What a command line asks for.
struct Command {
  enum class Kind { kInitializeSession, kCreateConnection, kJoin };
  Kind kind = Kind::kInitializeSession;
  std::string session_id;                ///< Of kCreateConnection and kJoin.
  v1::SessionProperties session;         ///< Of kInitializeSession and kJoin.
  v1::ConnectionProperties connection;   ///< Of kCreateConnection and kJoin.
  std::string request_id;                ///< Of kCreateConnection and kJoin.
  std::shared_ptr<const Caller> caller;  ///< With the bearer token to call by. Null: none.
  bool json = false;  ///< Print all that is known, as JSON, not only the id or token.
};

/// Exit codes of token-cli beside those of common/flags.h.
inline constexpr int kExitNotFound = 3;     ///< No such session.
inline constexpr int kExitRejected = 4;     ///< OpenVidu, or a check before it, rejects a property.
inline constexpr int kExitUnavailable = 5;  ///< No answer, or not in time.

/// Makes a command of the arguments that are no flags, and of the flags.
/// Errors: kInvalidArgument naming every mistake, one a line.
absl::StatusOr<Command> MakeCommand(const std::vector<std::string>& arguments);

/// Runs it, prints the answer to `out` or the error to `err`, and returns the exit code.
int RunCommand(const Command& command, TokenClient& client, std::ostream& out, std::ostream& err);

}  // namespace openvidu::token

#endif  // CLIENT_COMMAND_H_
