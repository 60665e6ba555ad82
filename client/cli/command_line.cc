#include "client/cli/command_line.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/flags.h"
#include "client/cli/profile.h"
#include "common/environment.h"
#include "common/flags.h"

namespace openvidu::token {
namespace {

std::string NameOf(const CommandSpec& command) { return command.name; }

std::string NamesOfAll() {
  std::vector<std::string> names;
  for (const CommandSpec& command : AllCommands()) names.push_back(NameOf(command));
  return absl::StrJoin(names, ", ");
}

/// The commands that take the flag.
std::string TakersOf(absl::string_view flag) {
  std::vector<std::string> names;
  for (const CommandSpec& command : AllCommands()) {
    if (command.Takes(flag)) names.push_back(NameOf(command));
  }
  return absl::StrJoin(names, ", ");
}

bool Has(int argc, char* const* argv, std::initializer_list<absl::string_view> words) {
  for (int i = 1; i < argc && absl::string_view(argv[i]) != "--"; ++i) {
    if (std::find(words.begin(), words.end(), argv[i]) != words.end()) return true;
  }
  return false;
}

/// The help that `--help` asks for: of the command that is named, if one is.
CommandLine Help(int argc, char* const* argv) {
  CommandLine line{FindCommand("help"), ""};
  for (int i = 1; i < argc && line.argument.empty(); ++i) {
    if (FindCommand(argv[i]) != nullptr && FindCommand(argv[i]) != line.command) {
      line.argument = argv[i];
    }
  }
  return line;
}

absl::Status Mistake(const std::string& text) { return absl::InvalidArgumentError(text); }

absl::Status CheckArguments(const CommandSpec& command, const std::vector<std::string>& words) {
  const bool has_one = words.size() > 1 && !words[1].empty();
  if (!has_one && command.NeedsArgument()) {
    return Mistake(absl::StrCat(command.name, " needs ", command.argument, ": token-cli ",
                                command.Synopsis()));
  }
  const size_t expected = *command.argument == '\0' ? 1 : 2;
  if (words.size() > expected) {
    return Mistake(absl::StrCat("unexpected argument '", words[expected], "': token-cli ",
                                command.Synopsis()));
  }
  if (!has_one || command.values.empty()) return absl::OkStatus();
  const bool is_one = std::any_of(command.values.begin(), command.values.end(),
                                  [&](const char* value) { return words[1] == value; });
  if (is_one) return absl::OkStatus();
  return Mistake(absl::StrCat(command.name, ": '", words[1], "' is none of ",
                              absl::StrJoin(command.values, ", ")));
}

absl::Status CheckFlags(const CommandSpec& command, const std::set<std::string>& named) {
  std::vector<absl::Status> mistakes;
  for (const std::string& name : named) {
    if (!command.Takes(name)) {
      mistakes.push_back(Mistake(
          absl::StrCat("--", name, " is not of ", command.name, " but of ", TakersOf(name))));
    }
  }
  for (const FlagSpec& flag : AllFlags()) {
    const std::string mistake = named.count(flag.name) > 0 ? CheckChoice(flag) : "";
    if (!mistake.empty()) {
      mistakes.push_back(Mistake(absl::StrCat("flag --", flag.name, ": ", mistake)));
    }
  }
  return AllMistakes(mistakes);
}

}  // namespace

bool AsksForVersion(int argc, char* const* argv) {
  return Has(argc, argv, {"--version", "-version"});
}

absl::StatusOr<CommandLine> ReadCommandLine(int argc, char* const* argv,
                                            const std::string& profiles) {
  if (argc < 2 || Has(argc, argv, {"--help", "-help", "-h"})) return Help(argc, argv);
  std::set<std::string> named;
  const absl::StatusOr<std::vector<std::string>> words = ParseFlags(argc, argv, &named);
  if (!words.ok()) return words.status();
  const std::string name = words->empty() ? "" : words->front();
  const CommandSpec* const command = FindCommand(name);
  if (command == nullptr) {
    return Mistake(
        absl::StrCat(name.empty() ? "no command" : absl::StrCat("unknown command '", name, "'"),
                     "; there are ", NamesOfAll(), " (see token-cli help)"));
  }
  // A profile is for who calls; a broken one keeps nobody from reading the help.
  absl::Status profile;
  if (command->Takes("profile")) {
    const std::string chosen = absl::GetFlag(FLAGS_profile);
    const bool is_named = named.count("profile") > 0;
    const char* const variable = FindFlagSpec("profile")->variable;
    profile = ApplyProfile(profiles, is_named ? chosen : EnvOr(variable, chosen));
    if (const absl::Status again = ParseFlags(argc, argv).status(); !again.ok()) return again;
  }
  const absl::Status mistakes =
      AllMistakes({profile, CheckArguments(*command, *words), CheckFlags(*command, named)});
  if (!mistakes.ok()) return mistakes;
  return CommandLine{command, words->size() > 1 ? (*words)[1] : ""};
}

}  // namespace openvidu::token
