#include "common/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/line_writer.h"
#include "common/read_file.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

constexpr char kHostile[] = "a\n2026-01-01T00:00:00.000Z error b\x1b[2K\" code=OK \xff\xc3\xa9\r\\";

/// Puts another file in the place of stderr.
class StderrTo {
 public:
  explicit StderrTo(int fd) : before_(dup(STDERR_FILENO)) { dup2(fd, STDERR_FILENO); }
  ~StderrTo() {
    dup2(before_, STDERR_FILENO);
    close(before_);
  }

 private:
  const int before_;
};

class LogTest : public testing::Test {
 protected:
  ~LogTest() override {
    SetLogFormat(LogFormat::kText);
    SetLogLevel(LogLevel::kInfo);
  }

  /// The lines that `call` logs, without their times.
  template <typename Call>
  std::vector<std::string> LinesOf(Call call) {
    const std::string path = folder_.Write("log", "");
    const int fd = open(path.c_str(), O_WRONLY | O_APPEND);
    {
      const StderrTo to(fd);
      call();
    }
    close(fd);
    std::vector<std::string> lines = absl::StrSplit(*ReadFile(path), '\n', absl::SkipEmpty());
    return lines;
  }

  const TempFolder folder_;
};

TEST_F(LogTest, TextFromOutsideCannotStartALineOrHideInOne) {
  EXPECT_EQ(Printable("room-1"), "room-1");
  EXPECT_EQ(Printable("a\nERROR b\x1b[2K\xc3\xa9"), "a\\x0aERROR b\\x1b[2K\\xc3\\xa9");
  EXPECT_EQ(Printable("abcdef", 3), "abc…");
}

TEST_F(LogTest, ALineOfTextHasTimeLevelTextAndFields) {
  const auto lines = LinesOf([] {
    LogInfo("listening");
    LogWarning("failed", {{"code", "UNAVAILABLE"}, {"reason", ""}, {"text", "a \"b\" c=d"}});
  });
  ASSERT_EQ(lines.size(), 2);
  const std::string time = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z ";
  EXPECT_THAT(lines[0], MatchesRegex(time + "info listening"));
  EXPECT_THAT(lines[1],
              MatchesRegex(time + R"(warning failed code=UNAVAILABLE text="a \\"b\\" c=d")"));
}

TEST_F(LogTest, ALineOfJsonIsAnObject) {
  SetLogFormat(LogFormat::kJson);
  const auto lines = LinesOf([] { LogError("failed", {{"code", "UNAVAILABLE"}, {"id", ""}}); });
  ASSERT_EQ(lines.size(), 1);
  auto line = nlohmann::json::parse(lines[0]);
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, line["time"].get<std::string>(), &time, &error));
  line.erase("time");
  EXPECT_EQ(line,
            nlohmann::json({{"level", "error"}, {"message", "failed"}, {"code", "UNAVAILABLE"}}));
}

TEST_F(LogTest, WhateverItIsToldIsOneLineInAscii) {
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    SetLogFormat(format);
    const auto lines = LinesOf([] { LogInfo(kHostile, {{"name", kHostile}}); });
    ASSERT_EQ(lines.size(), 1);
    for (const char c : lines[0]) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << static_cast<int>(c);
    if (format == LogFormat::kText) {
      EXPECT_THAT(lines[0], testing::HasSubstr(" name=\"a\\n2026"));
    } else {
      const auto line = nlohmann::json::parse(lines[0]);
      EXPECT_EQ(line.size(), 4);
      EXPECT_EQ(line["level"], "info");
      EXPECT_THAT(line["name"].get<std::string>(), testing::StartsWith("a\n2026-01-01T"));
    }
  }
}

TEST_F(LogTest, LongTextIsCut) {
  SetLogFormat(LogFormat::kJson);
  const auto lines = LinesOf([] {
    LogInfo(std::string(100'000, 'a'), {{"name", std::string(100'000, 'b')}});
  });
  ASSERT_EQ(lines.size(), 1);
  EXPECT_LT(lines[0].size(), 3000);
}

TEST_F(LogTest, ALevelHasAllBehindIt) {
  const std::pair<LogLevel, size_t> rows[] = {{LogLevel::kDebug, 4},
                                              {LogLevel::kInfo, 3},
                                              {LogLevel::kWarning, 2},
                                              {LogLevel::kError, 1},
                                              {LogLevel::kOff, 0}};
  for (const auto& [level, count] : rows) {
    SetLogLevel(level);
    const auto lines = LinesOf([] {
      LogDebug("text");
      LogInfo("text");
      LogWarning("text");
      LogError("text");
    });
    EXPECT_EQ(lines.size(), count) << LogLevelName(level);
    EXPECT_EQ(IsLogged(LogLevel::kWarning), count >= 2);
    EXPECT_THAT(ParseLogLevel(LogLevelName(level)), IsOkAndHolds(level));
  }
  EXPECT_THAT(ParseLogLevel("INFO").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("debug, info, warning, error or off")));
}

TEST_F(LogTest, InTheBackgroundNoLineIsLostOrOutOfOrder) {
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  const auto lines = LinesOf([] {
    LogInfo("x before");
    {
      const BackgroundLog background;
      std::vector<std::thread> threads;
      for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([t] {
          for (int i = 0; i < kLines; ++i) LogInfo(absl::StrCat(t, " ", i));
        });
      }
      for (std::thread& thread : threads) thread.join();
      EXPECT_EQ(background.dropped(), 0);
    }
    LogInfo("x after");
  });
  ASSERT_EQ(lines.size(), 2 + kThreads * kLines);
  EXPECT_THAT(lines.front(), testing::EndsWith("x before"));
  EXPECT_THAT(lines.back(), testing::EndsWith("x after"));
  std::vector<int> next(kThreads);
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    const std::vector<std::string> words = absl::StrSplit(lines[i], ' ');
    ASSERT_EQ(words.size(), 4);
    EXPECT_EQ(words[3], absl::StrCat(next[std::stoi(words[2])]++));
  }
}

TEST_F(LogTest, NobodyWaitsForAReaderThatThereIsNot) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    const StderrTo to(ends[1]);
    const BackgroundLog background;
    const std::string text(1900, 'x');
    while (background.dropped() == 0) LogInfo(text);
  }  // and not at the end either
  close(ends[0]);
  close(ends[1]);
}

TEST_F(LogTest, TimesOfOtherLogsAreAsItsOwn) {
  std::string line;
  for (const int64_t ms : {int64_t{0}, int64_t{1'767'225'599'999}, int64_t{1'767'225'600'007}}) {
    AppendLogTime(absl::FromUnixMillis(ms), line);
    line += ' ';
  }
  EXPECT_EQ(line, "1970-01-01T00:00:00.000Z 2025-12-31T23:59:59.999Z 2026-01-01T00:00:00.007Z ");
}

}  // namespace
}  // namespace openvidu::token
