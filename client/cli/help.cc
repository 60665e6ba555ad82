#include "client/cli/help.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace openvidu::token {
namespace {

constexpr size_t kColumns = 100;

/// `text` in lines of kColumns at most, each after `indent`.
std::string Wrapped(absl::string_view text, absl::string_view indent) {
  std::string out;
  std::string line(indent);
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > kColumns) {
      absl::StrAppend(&out, line, "\n");
      line = std::string(indent);
    }
    absl::StrAppend(&line, line.size() > indent.size() ? " " : "", word);
  }
  return absl::StrCat(out, line, "\n");
}

std::string FlagHelp(const FlagSpec& flag) {
  const std::string value = flag.Default();
  return absl::StrCat("  --", flag.name, flag.IsSwitch() ? "" : "=", flag.value,
                      " (default: ", value.empty() ? "\"\"" : value, ")\n",
                      Wrapped(FlagText(flag), "      "));
}

/// Rows of two columns.
std::string Rows(const std::vector<std::pair<std::string, std::string>>& rows) {
  size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size());
  std::string out;
  for (const auto& [name, text] : rows) {
    absl::StrAppend(&out, "  ", name, std::string(width - name.size() + 2, ' '), text, "\n");
  }
  return out;
}

}  // namespace

std::string FlagSynopsis(const FlagSpec& flag) {
  if (!flag.IsSwitch()) return absl::StrCat("--", flag.name, "=", flag.value);
  return absl::StrCat("--[no]", flag.name);
}

std::string FlagText(const FlagSpec& flag) {
  std::string text = flag.Help();
  if (!flag.values.empty()) {
    absl::StrAppend(&text, " One of ", absl::StrJoin(flag.values, ", "), ".");
  }
  if (*flag.variable != '\0') absl::StrAppend(&text, " Or else by $", flag.variable, ".");
  return text;
}

std::string HelpText() {
  std::vector<std::pair<std::string, std::string>> commands;
  for (const CommandSpec& command : AllCommands()) {
    commands.emplace_back(command.Synopsis(), command.summary);
  }
  std::string out = absl::StrCat("token-cli: ", kPurpose,
                                 ".\n\n  token-cli COMMAND [ARGUMENT] [FLAGS]\n\nCommands:\n",
                                 Rows(commands), "\nExit codes:\n");
  for (const ExitCodeSpec& code : AllExitCodes()) {
    absl::StrAppend(&out, "  ", code.code, "  ", code.meaning, "\n");
  }
  std::string variables = "Environment:";
  for (const VariableSpec& variable : OtherVariables()) {
    absl::StrAppend(&variables, " ", variable.name, ": ", variable.meaning);
  }
  absl::StrAppend(&out, "\n", Wrapped(variables, ""), "\n",
                  Wrapped("A flag comes before its variable, that before the profile, and that "
                          "before the default. `token-cli help COMMAND` says which flags it takes.",
                          ""),
                  "\nFlags:\n");
  for (const FlagSpec& flag : AllFlags()) out += FlagHelp(flag);
  return absl::StrCat(out,
                      "  --help\n      Prints this text, or that of the command.\n"
                      "  --version\n      Prints the version.\n");
}

std::string HelpText(const CommandSpec& command) {
  std::string out =
      absl::StrCat("token-cli ", command.Synopsis(), command.flags.empty() ? "" : " [FLAGS]",
                   "\n\n", Wrapped(absl::StrCat(command.summary, ". ", command.details), "  "));
  if (command.flags.empty()) return out;
  out += "\nFlags:\n";
  for (const FlagSpec& flag : AllFlags()) {
    if (command.Takes(flag.name)) out += FlagHelp(flag);
  }
  return out;
}

}  // namespace openvidu::token
