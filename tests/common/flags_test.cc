#include "common/flags.h"

#include <gmock/gmock.h>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

ABSL_FLAG(std::string, test_name, "nobody", "A text.");
ABSL_FLAG(int, test_count, 1, "A number.");
ABSL_FLAG(bool, test_switch, false, "A switch.");
ABSL_FLAG(absl::Duration, test_wait, absl::Seconds(1), "A duration.");

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::vector<std::string>> Parse(std::vector<std::string> args) {
  args.insert(args.begin(), "test");
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  return ParseFlags(static_cast<int>(argv.size()), argv.data());
}

TEST(FlagsTest, TakesEveryWayToWriteAFlagAndKeepsTheRest) {
  EXPECT_THAT(Parse({"create", "--test_name=a=b", "--test_count", "7", "--test_switch", "-",
                     "--test_wait=1500ms", "room-1", "--", "--test_name=not"}),
              IsOkAndHolds(ElementsAre("create", "-", "room-1", "--test_name=not")));
  EXPECT_EQ(absl::GetFlag(FLAGS_test_name), "a=b");
  EXPECT_EQ(absl::GetFlag(FLAGS_test_count), 7);
  EXPECT_TRUE(absl::GetFlag(FLAGS_test_switch));
  EXPECT_EQ(absl::GetFlag(FLAGS_test_wait), absl::Milliseconds(1500));
  EXPECT_THAT(Parse({"--notest_switch"}), IsOk());
  EXPECT_FALSE(absl::GetFlag(FLAGS_test_switch));
}

TEST(FlagsTest, TellsWhichFlagsWereNamed) {
  std::vector<std::string> args = {"test", "--notest_switch", "--test_count=1", "--test_wait=soon"};
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  std::set<std::string> named;
  EXPECT_FALSE(ParseFlags(static_cast<int>(argv.size()), argv.data(), &named).ok());
  EXPECT_THAT(named, ElementsAre("test_count", "test_switch"));
}

TEST(FlagsTest, NamesEveryMistake) {
  EXPECT_THAT(
      Parse({"--test_count=many", "--nosuch=1", "--test_switch=perhaps", "--notest_name",
             "--undefok=nosuch", "--test_wait"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("flag --test_count: bad value 'many'"),
                     HasSubstr("unknown flag --nosuch"), HasSubstr("--test_switch: bad value"),
                     HasSubstr("unknown flag --notest_name"), HasSubstr("unknown flag --undefok"),
                     HasSubstr("flag --test_wait needs a value"))));
}

TEST(FlagsTest, AllMistakesAreOneStatus) {
  EXPECT_THAT(AllMistakes({absl::OkStatus(), absl::OkStatus()}), IsOk());
  EXPECT_THAT(
      AllMistakes({absl::InvalidArgumentError("a"), absl::OkStatus(), absl::UnavailableError("b")}),
      StatusIs(absl::StatusCode::kInvalidArgument, "a\nb"));
}

TEST(FlagsDeathTest, HelpListsOurFlagsAndExitsWithZero) {
  std::vector<std::string> args = {"bin/test", "--help"};
  std::vector<char*> argv = {args[0].data(), args[1].data()};
  EXPECT_EXIT(ParseFlagsOrExit(2, argv.data(), "Tests."), testing::ExitedWithCode(0), "");
  args[1] = "--bogus";
  argv[1] = args[1].data();
  EXPECT_EXIT(ParseFlagsOrExit(2, argv.data(), "Tests."), testing::ExitedWithCode(2),
              "test: unknown flag --bogus");
  args[1] = "stray";
  argv[1] = args[1].data();
  EXPECT_EXIT(ParseFlagsOrExit(2, argv.data(), "Tests."), testing::ExitedWithCode(2),
              "test: unexpected argument 'stray'");
  EXPECT_EQ(ParseCommandOrExit(2, argv.data(), "Tests."), std::vector<std::string>{"stray"});
}

TEST(FlagsTest, OnlyAMistakeOfTheUsersIsAUsageError) {
  EXPECT_EQ(ReportMistakes(absl::InvalidArgumentError("a")), kExitUsage);
  EXPECT_EQ(ReportMistakes(absl::UnavailableError("the port is in use")), kExitFailure);
}

TEST(FlagsTest, ANegativeDurationIsNamed) {
  EXPECT_THAT(CheckNotNegative("wait", absl::ZeroDuration()), IsOk());
  EXPECT_THAT(CheckNotNegative("wait", -absl::Seconds(1)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wait")));
}

TEST(FlagsTest, TakesFlagsFromAFile) {
  const TempFolder folder;
  const std::string file = folder.Write("app.conf",
                                        "# who is called\n"
                                        "--test_name=a b = c\n"
                                        "\n"
                                        "  --test_count=5  \r\n"
                                        "--test_switch\n");
  EXPECT_THAT(Parse({"--test_count=4", absl::StrCat("--flagfile=", file), "room-1"}),
              IsOkAndHolds(ElementsAre("room-1")));
  EXPECT_EQ(absl::GetFlag(FLAGS_test_name), "a b = c");
  EXPECT_EQ(absl::GetFlag(FLAGS_test_count), 5);
  EXPECT_TRUE(absl::GetFlag(FLAGS_test_switch));
  EXPECT_THAT(Parse({"--flagfile", file, "--test_count=6", "--notest_switch"}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_test_count), 6);  // what comes later counts
}

TEST(FlagsTest, NamesEveryMistakeInAFileByItsLine) {
  const TempFolder folder;
  const std::string file = folder.Write("app.conf",
                                        "--test_count=many\n"
                                        "test_count=1\n"
                                        "--test_name\n"
                                        "--unknown=1\n"
                                        "--flagfile=other\n");
  const absl::Status status = Parse({"--flagfile", file, "--test_count=x"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::vector<std::string>(absl::StrSplit(status.message(), '\n')),
              ElementsAre(HasSubstr(absl::StrCat(file, ":1: flag --test_count: bad value 'many'")),
                          absl::StrCat(file, ":2: this is no flag, such as --name=value"),
                          absl::StrCat(file, ":3: flag --test_name needs a value"),
                          absl::StrCat(file, ":4: unknown flag --unknown (see --help)"),
                          absl::StrCat(file, ":5: flag --flagfile cannot be in a file"),
                          HasSubstr("flag --test_count: bad value 'x'")));
}

TEST(FlagsTest, NamesAFlagFileThatIsNotThere) {
  EXPECT_THAT(Parse({"--flagfile=/nowhere/app.conf"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/nowhere/app.conf")));
  EXPECT_THAT(Parse({"--flagfile"}),
              StatusIs(absl::StatusCode::kInvalidArgument, "flag --flagfile needs a value"));
}

}  // namespace
}  // namespace openvidu::token
