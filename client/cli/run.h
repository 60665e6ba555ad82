#ifndef CLIENT_CLI_RUN_H_
#define CLIENT_CLI_RUN_H_

#include "client/cli/command_line.h"
#include "client/cli/output.h"

namespace openvidu::token {

/// Does what the command line asks for, by its flags. Returns the exit code.
int Run(const CommandLine& line, Console& console);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_RUN_H_
