#include "common/line_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/read_file.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

TEST(LineWriterTest, AppendsWholeLinesOfManyThreads) {
  const TempFolder folder;
  const std::string path = folder.Write("log", "before\n");
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  {
    const auto writer = LineWriter::Open(path);
    ASSERT_THAT(writer, IsOk());
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&writer, t] {
        for (int i = 0; i < kLines; ++i) (*writer)->Write(absl::StrCat(t, ":", i));
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ((*writer)->dropped(), 0);
  }
  const std::vector<std::string> lines = absl::StrSplit(*ReadFile(path), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 1 + kThreads * kLines);
  EXPECT_EQ(lines[0], "before");
  std::vector<int> next(kThreads);
  for (size_t i = 1; i < lines.size(); ++i) {
    const int t = lines[i][0] - '0';
    EXPECT_EQ(lines[i], absl::StrCat(t, ":", next[t]++));
  }
}

TEST(LineWriterTest, MakesAFileForItsOwnerOnly) {
  const TempFolder folder;
  const std::string path = folder.path() + "/log";
  ASSERT_THAT(LineWriter::Open(path), IsOk());
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(LineWriterTest, NamesAPathThatCannotBeWritten) {
  const TempFolder folder;
  EXPECT_THAT(LineWriter::Open(folder.path()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr(folder.path())));
}

TEST(LineWriterTest, DropsAndCountsWhatNobodyReads) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    LineWriter writer(ends[1], true);
    const std::string line(64 * 1024, 'x');
    // More than waits, and than the thread can have on its way into the pipe that nobody reads.
    const size_t lines = 2 * LineWriter::kMaxWaitingBytes / line.size() + 2;
    for (size_t i = 0; i < lines; ++i) writer.Write(line);
    EXPECT_GT(writer.dropped(), 0);
    close(ends[0]);  // ends the write that waits
  }
}

}  // namespace
}  // namespace openvidu::token
