#ifndef CLIENT_CLI_COMMANDS_H_
#define CLIENT_CLI_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/cli/flags.h"

namespace openvidu::token {

/// One command of token-cli. What it takes is checked, and the help, the man page and the
/// completions are made, by this table and that of flags.h alone.
struct CommandSpec {
  enum class Kind {
    kInitSession,
    kCreateConnection,
    kJoin,
    kHealth,
    kWatch,
    kBench,
    kDoctor,
    kCompletion,
    kMan,
    kHelp,
  };

  Kind kind;
  const char* name;
  const char* argument = "";  ///< What its argument is called; in [] where it may be left out.
  std::vector<const char*> values;  ///< The arguments there are. Empty: any.
  const char* summary;              ///< One line: what it does.
  const char* details;              ///< Some sentences more.
  std::vector<const char*> flags;   ///< That it takes.

  bool NeedsArgument() const { return *argument != '\0' && *argument != '['; }
  bool Takes(absl::string_view flag) const;
  /// "join ROOM"
  std::string Synopsis() const;
};

/// All the commands, in the order to show them in.
const std::vector<CommandSpec>& AllCommands();

/// Null where there is none.
const CommandSpec* FindCommand(absl::string_view name);

/// An exit code, and when it is.
struct ExitCodeSpec {
  int code;
  const char* meaning;
};
const std::vector<ExitCodeSpec>& AllExitCodes();

/// A variable of the environment that is no flag's, and what it says.
struct VariableSpec {
  const char* name;
  const char* meaning;
};
const std::vector<VariableSpec>& OtherVariables();

}  // namespace openvidu::token

#endif  // CLIENT_CLI_COMMANDS_H_
