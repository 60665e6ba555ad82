#include "client/cli/completion.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/commands.h"
#include "client/cli/curl.h"
#include "client/cli/flags.h"

namespace openvidu::token {
namespace {

using Completes = FlagSpec::Completes;

// Where the profiles are (client/cli/profile.h), and their names, one a line.
constexpr char kProfileNames[] =
    R"(sed -n 's/^[[:space:]]*\[[[:space:]]*\([^]]*[^][:space:]]\)[[:space:]]*\].*/\1/p' )"
    R"("${XDG_CONFIG_HOME:-$HOME/.config}/openvidu-token/profiles.ini" 2>/dev/null)";

std::string CommandNames() {
  return absl::StrJoin(AllCommands(), " ", [](std::string* out, const CommandSpec& command) {
    absl::StrAppend(out, command.name);
  });
}

/// What the command's argument can be, if that is known.
std::string Arguments(const CommandSpec& command) {
  if (command.kind == CommandSpec::Kind::kHelp) return CommandNames();
  return absl::StrJoin(command.values, " ");
}

/// `text` up to its first sentence's end: what a menu has room for.
std::string FirstSentence(const std::string& text) {
  const std::string first = text.substr(0, text.find(". "));
  return first.substr(0, first.find("; ")).substr(0, first.find(": "));
}

std::string Description(const FlagSpec& flag) {
  std::string text = FirstSentence(flag.Help());
  while (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

/// bash sees "--output=json" as three words, for '=' is in COMP_WORDBREAKS.
std::string Bash() {
  std::string out = absl::StrCat(R"(# bash completion of token-cli
_token_cli() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= flag= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      )",
                                 absl::StrReplaceAll(CommandNames(), {{" ", "|"}}), R"()
        command=${COMP_WORDS[i]}; break ;;
    esac
  done
  if [[ $cur == = ]]; then flag=$prev; cur=
  elif [[ $prev == = ]]; then flag=${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $cur == --*=* ]]; then flag=${cur%%=*}; cur=${cur#*=}
  elif [[ $prev == --* ]]; then flag=$prev
  fi
  case $flag in
)");
  for (const FlagSpec& flag : AllFlags()) {
    if (flag.IsSwitch()) continue;
    std::string reply;
    if (!flag.values.empty()) {
      reply = absl::StrCat("mapfile -t COMPREPLY < <(compgen -W '", absl::StrJoin(flag.values, " "),
                           "' -- \"$cur\")");
    } else if (flag.completes == Completes::kFiles) {
      reply = "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")";
    } else if (flag.completes == Completes::kProfiles) {
      reply = absl::StrCat("mapfile -t COMPREPLY < <(compgen -W \"$(", kProfileNames,
                           ")\" -- \"$cur\")");
    }
    absl::StrAppend(&out, "    --", flag.name, ") ", reply, reply.empty() ? "" : "; ",
                    "return ;;\n");
  }
  absl::StrAppend(&out, "  esac\n  case $command in\n    '') set -- '", CommandNames(),
                  "' '--help --version' ;;\n");
  for (const CommandSpec& command : AllCommands()) {
    std::vector<std::string> flags = {"--help"};
    for (const char* name : command.flags) flags.push_back(absl::StrCat("--", name));
    absl::StrAppend(&out, "    ", command.name, ") set -- '", Arguments(command), "' '",
                    absl::StrJoin(flags, " "), "' ;;\n");
  }
  absl::StrAppend(&out, R"(  esac
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$2" -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
  fi
}
complete -F _token_cli token-cli
)");
  return out;
}

/// A text within a specification of zsh's _arguments.
std::string ZshText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string ZshFlag(const FlagSpec& flag) {
  const std::string text = absl::StrCat("[", ZshText(Description(flag)), "]");
  if (flag.IsSwitch()) return ShellQuoted(absl::StrCat("--", flag.name, text));
  std::string action;
  if (!flag.values.empty()) {
    action = absl::StrCat("(", absl::StrJoin(flag.values, " "), ")");
  } else if (flag.completes == Completes::kFiles) {
    action = "_files";
  } else if (flag.completes == Completes::kProfiles) {
    action = "_token_cli_profiles";
  }
  return ShellQuoted(absl::StrCat("--", flag.name, "=", text, ":", flag.value, ":", action));
}

std::string Zsh() {
  std::string out = absl::StrCat(R"(#compdef token-cli
# zsh completion of token-cli
_token_cli_profiles() {
  local -a names
  names=("${(@f)$()",
                                 kProfileNames, R"()}")
  compadd -a names
}
_token_cli() {
  local state line
  local -a commands
  typeset -A opt_args
  _arguments -C '--help[Prints the help]' '--version[Prints the version]' '1: :->command' '*:: :->rest'
  case $state in
    command)
      commands=(
)");
  for (const CommandSpec& command : AllCommands()) {
    absl::StrAppend(&out, "        ",
                    ShellQuoted(absl::StrCat(command.name, ":", ZshText(command.summary))), "\n");
  }
  absl::StrAppend(&out, R"(      )
      _describe command commands ;;
    rest)
      case ${line[1]} in
)");
  for (const CommandSpec& command : AllCommands()) {
    absl::StrAppend(&out, "        ", command.name, ") _arguments '--help[Prints the help]'");
    if (*command.argument != '\0') {
      const std::string arguments = Arguments(command);
      absl::StrAppend(
          &out, " ",
          ShellQuoted(absl::StrCat("1:", ZshText(command.argument), ":",
                                   arguments.empty() ? "" : absl::StrCat("(", arguments, ")"))));
    }
    for (const char* name : command.flags) {
      absl::StrAppend(&out, " \\\n          ", ZshFlag(*FindFlagSpec(name)));
    }
    absl::StrAppend(&out, " ;;\n");
  }
  absl::StrAppend(&out, R"(      esac ;;
  esac
}
if [[ ${funcstack[1]} == _token-cli ]]; then _token_cli "$@"; else compdef _token_cli token-cli; fi
)");
  return out;
}

/// A text in fish's single quotes.
std::string FishText(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

std::string Fish() {
  const std::string names = CommandNames();
  std::string out = absl::StrCat(
      "# fish completion of token-cli\n"
      "function __token_cli_no_command; not __fish_seen_subcommand_from ",
      names, "; end\nfunction __token_cli_profiles; sh -c ", FishText(kProfileNames),
      "; end\n"
      "complete -c token-cli -f\n"
      "complete -c token-cli -l help -d 'Prints the help'\n"
      "complete -c token-cli -n __token_cli_no_command -l version -d 'Prints the version'\n");
  for (const CommandSpec& command : AllCommands()) {
    absl::StrAppend(&out, "complete -c token-cli -n __token_cli_no_command -a ", command.name,
                    " -d ", FishText(command.summary), "\n");
    // The first word is the command, which others' arguments may be called like.
    const std::string when =
        FishText(absl::StrCat("set -l words (commandline -opc | string match -v -- '-*'); test "
                              "\"$words[2]\" = ",
                              command.name));
    if (const std::string arguments = Arguments(command); !arguments.empty()) {
      absl::StrAppend(&out, "complete -c token-cli -n ", when, " -a ", FishText(arguments), "\n");
    }
    for (const char* name : command.flags) {
      const FlagSpec& flag = *FindFlagSpec(name);
      absl::StrAppend(&out, "complete -c token-cli -n ", when, " -l ", name,
                      flag.IsSwitch()                       ? ""
                      : flag.completes == Completes::kFiles ? " -r"
                                                            : " -x");
      if (!flag.values.empty()) {
        absl::StrAppend(&out, " -a ", FishText(absl::StrJoin(flag.values, " ")));
      } else if (flag.completes == Completes::kFiles) {
        absl::StrAppend(&out, " -F");
      } else if (flag.completes == Completes::kProfiles) {
        absl::StrAppend(&out, " -a '(__token_cli_profiles)'");
      }
      absl::StrAppend(&out, " -d ", FishText(Description(flag)), "\n");
    }
  }
  return out;
}

}  // namespace

std::string CompletionScript(absl::string_view shell) {
  if (shell == "bash") return Bash();
  if (shell == "zsh") return Zsh();
  if (shell == "fish") return Fish();
  return "";
}

}  // namespace openvidu::token
