#ifndef CLIENT_CLI_COMPLETION_H_
#define CLIENT_CLI_COMPLETION_H_

#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// The script that teaches `shell` (bash, zsh or fish) to complete token-cli's command lines; it is
/// made from the tables of commands.h and flags.h. Empty for any other shell.
std::string CompletionScript(absl::string_view shell);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_COMPLETION_H_
