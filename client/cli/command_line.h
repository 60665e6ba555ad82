#ifndef CLIENT_CLI_COMMAND_LINE_H_
#define CLIENT_CLI_COMMAND_LINE_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/commands.h"

namespace openvidu::token {

/// What a command line asks for; its flags are set.
struct CommandLine {
  const CommandSpec* command = nullptr;
  std::string argument;  ///< Empty: none.
};

/// Reads the command line and sets the flags: what it says comes before the environment, that
/// before the profile in the file `profiles`, and that before the defaults. `--help`, `-h` and no
/// word at all are the command help. Errors: kInvalidArgument naming every mistake, one a line.
absl::StatusOr<CommandLine> ReadCommandLine(int argc, char* const* argv,
                                            const std::string& profiles);

/// Whether the line asks for the version.
bool AsksForVersion(int argc, char* const* argv);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_COMMAND_LINE_H_
