#include "telemetry/logging.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "common/read_file.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using testing::HasSubstr;

class LoggingTest : public testing::Test {
 protected:
  ~LoggingTest() override { SetLogLevel(LogLevel::kInfo); }

  static void AwaitDebug(bool logged) {
    while (IsLogged(LogLevel::kDebug) != logged) std::this_thread::yield();
  }

  const TempFolder folder_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  LoggingOptions options_{.reload_interval = absl::Milliseconds(2)};
};

TEST_F(LoggingTest, TheLevelIsTheFilesAndFollowsIt) {
  options_.level = LogLevel::kError;
  options_.level_file = folder_.Write("level", "warning\n");
  const auto logging = Logging::Start(options_, *reactor_);
  ASSERT_THAT(logging, IsOk());
  EXPECT_TRUE(IsLogged(LogLevel::kWarning));
  EXPECT_FALSE(IsLogged(LogLevel::kInfo));
  folder_.Write("level", "debug");
  AwaitDebug(true);
  folder_.Write("level", "talkative");  // stays
  std::filesystem::remove(options_.level_file);
  folder_.Write("level", "off");
  AwaitDebug(false);
  EXPECT_FALSE(IsLogged(LogLevel::kError));
}

TEST_F(LoggingTest, NamesEveryMistake) {
  options_.level_file = folder_.Write("level", "loud");
  options_.access_log = "";
  for (const absl::Status& status :
       {Logging::Check(options_), Logging::Start(options_, *reactor_).status()}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 testing::AllOf(HasSubstr("log_level_file: a log level is"),
                                                HasSubstr("access_log"))));
  }
  options_ = {.level_file = folder_.path() + "/none"};
  EXPECT_THAT(Logging::Check(options_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(options_.level_file)));
  options_ = {.access_log = folder_.path()};
  EXPECT_THAT(Logging::Start(options_, *reactor_).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("access_log: cannot write")));
}

TEST_F(LoggingTest, TheAccessLogIsWrittenWhenItEnds) {
  options_.access_log = folder_.path() + "/access";
  {
    const auto logging = Logging::Start(options_, *reactor_);
    ASSERT_THAT(logging, IsOk());
    (*logging)->access_log().Write({.door = "grpc", .route = "JoinSession"}, absl::Now());
    EXPECT_EQ((*logging)->dropped(), 0);
  }
  EXPECT_THAT(*ReadFile(options_.access_log), HasSubstr("access grpc route=JoinSession"));
}

}  // namespace
}  // namespace openvidu::token
