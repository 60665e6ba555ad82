#ifndef CLIENT_CLI_HELP_H_
#define CLIENT_CLI_HELP_H_

#include <string>

#include "absl/strings/string_view.h"
#include "client/cli/commands.h"

namespace openvidu::token {

/// What token-cli is, in a sentence without its end.
inline constexpr char kPurpose[] = "asks a token server for OpenVidu sessions and tokens";

/// The commands, flags, exit codes and variables: all there is.
std::string HelpText();

/// What one command does and takes.
std::string HelpText(const CommandSpec& command);

/// "--role=ROLE", "--[no]tls"
std::string FlagSynopsis(const FlagSpec& flag);

/// What a flag means, with the values and the variable there are, in whole sentences.
std::string FlagText(const FlagSpec& flag);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_HELP_H_
