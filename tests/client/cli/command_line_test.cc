#include "client/cli/command_line.h"

#include <gmock/gmock.h>

#include <set>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "client/cli/help.h"
#include "client/cli/report.h"
#include "tests/client/cli/words.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

absl::StatusOr<CommandLine> Read(std::vector<std::string> words) {
  const absl::FlagSaver saver;
  return ReadWords(std::move(words));
}

TEST(CommandLineTest, NamesEveryMistake) {
  const struct {
    std::vector<std::string> words;
    std::vector<std::string> mistakes;
  } rows[] = {
      {{"leave"}, {"unknown command 'leave'", "init-session"}},
      {{"--tls"}, {"no command"}},
      {{"join", "--custom_session_id=a"},
       {"join needs ROOM", "--custom_session_id is not of join but of init-session"}},
      {{"init-session", "room-1"}, {"unexpected argument 'room-1'"}},
      {{"init-session", "--role=PUBLISHER", "--request_id=r"},
       {"--role is not of init-session but of create-connection, join", "--request_id"}},
      {{"create-connection", ""}, {"create-connection needs SESSION"}},
      {{"create-connection", "a", "b"}, {"unexpected argument 'b'"}},
      {{"create-connection", "a", "--role=KING", "--output=xml"},
       {"flag --role: 'KING' is not SUBSCRIBER, PUBLISHER or MODERATOR",
        "flag --output: 'xml' is not auto, table, text, json or yaml"}},
      {{"create-connection", "a", "--role=UNSPECIFIED"}, {"'UNSPECIFIED'"}},
      {{"watch", "--curl"}, {"--curl is not of watch"}},
      {{"join", "a", "--nosuch", "--timeout=soon"}, {"--nosuch", "--timeout"}},
  };
  for (const auto& row : rows) {
    for (const std::string& mistake : row.mistakes) {
      EXPECT_THAT(Read(row.words), StatusIs(Code::kInvalidArgument, HasSubstr(mistake)));
    }
  }
}

TEST(CommandLineTest, HelpIsOfTheCommandThatIsNamed) {
  for (const auto& [words, of] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, ""}, {{"-h"}, ""}, {{"join", "--help"}, "join"}, {{"help", "join"}, "join"}}) {
    const auto line = Read(words);
    ASSERT_THAT(line, IsOk());
    EXPECT_EQ(line->command->kind, CommandSpec::Kind::kHelp);
    EXPECT_EQ(line->argument, of);
  }
}

/// What the table and Abseil know of the flags is the same, and each command's flags are there.
TEST(CommandLineTest, EveryFlagIsInTheTableAndOfACommand) {
  std::set<std::string> defined;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (absl::StrContains(flag->Filename(), "client/cli/")) defined.emplace(name);
  }
  std::set<std::string> listed;
  for (const FlagSpec& flag : AllFlags()) {
    EXPECT_TRUE(listed.insert(flag.name).second) << flag.name;
    ASSERT_EQ(defined.count(flag.name), 1) << flag.name;
    EXPECT_EQ(absl::FindCommandLineFlag(flag.name)->IsOfType<bool>(), flag.IsSwitch());
  }
  EXPECT_EQ(defined, listed);
  std::set<std::string> taken;
  for (const CommandSpec& command : AllCommands()) {
    for (const char* flag : command.flags) {
      EXPECT_NE(FindFlagSpec(flag), nullptr) << flag;
      taken.insert(flag);
    }
  }
  EXPECT_EQ(taken, listed);
}

TEST(CommandLineTest, TheHelpHasEveryCommandFlagAndExitCode) {
  const std::string all = HelpText();
  for (const CommandSpec& command : AllCommands()) {
    EXPECT_THAT(all, HasSubstr("\n  " + command.Synopsis()));
    EXPECT_THAT(HelpText(command), HasSubstr(std::string("token-cli ") + command.Synopsis()));
    for (const char* flag : command.flags) {
      EXPECT_THAT(HelpText(command), HasSubstr(std::string("\n  --") + flag));
    }
  }
  for (const FlagSpec& flag : AllFlags()) {
    EXPECT_THAT(all, HasSubstr(std::string("\n  --") + flag.name));
  }
  for (const Code code : {Code::kNotFound, Code::kInvalidArgument, Code::kUnavailable,
                          Code::kPermissionDenied, Code::kResourceExhausted, Code::kInternal}) {
    EXPECT_THAT(all, HasSubstr(absl::StrCat("\n  ", ExitCodeOf(absl::Status(code, "")), "  ")));
  }
}

}  // namespace
}  // namespace openvidu::token
