#include "common/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
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

TEST(LineWriterTest, LinesThatMayWaitAreWrittenAtTheEndAndWhereThereAreMany) {
  const TempFolder folder;
  const std::string path = folder.path() + "/log";
  {
    const auto writer = LineWriter::Open(path, {.linger = absl::Hours(1)});
    ASSERT_THAT(writer, IsOk());
    const std::string line(1000, 'x');
    for (int i = 0; i < 100; ++i) (*writer)->Write(line);
    while (std::filesystem::file_size(path) == 0) std::this_thread::yield();
    (*writer)->Write("last");
  }
  const std::vector<std::string> lines = absl::StrSplit(*ReadFile(path), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 101);
  EXPECT_EQ(lines.back(), "last");
}

TEST(LineWriterTest, TellsHowManyLinesWereLost) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  uint64_t told = 0;
  {
    LineWriter writer(full, true, {.lost = [&told](uint64_t lines) { told += lines; }});
    for (int i = 0; i < 7; ++i) writer.Write("line");
  }
  EXPECT_EQ(told, 7);
}

TEST(LineWriterTest, TellsOfLossesWhileNobodyReadsAndDoesNotWaitAtItsEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::atomic<uint64_t> told = 0;
  {
    LineWriter writer(ends[1], true,
                      {.lost = [&told](uint64_t lines) { told += lines; },
                       .report_interval = absl::ZeroDuration(),
                       .end_timeout = absl::ZeroDuration()});
    const std::string line(64 * 1024, 'x');
    while (writer.dropped() == 0) writer.Write(line);
    while (told == 0) std::this_thread::yield();
  }
  EXPECT_GT(told, 1);  // those too that waited at the end
  close(ends[0]);
}

TEST(LineWriterTest, ShortLinesOfTwoIntoOnePipeAreNotMixed) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::string read_bytes;
  std::thread reader([&] {
    char buffer[1000];
    ssize_t bytes = 0;
    while ((bytes = read(ends[0], buffer, sizeof(buffer))) > 0) {
      read_bytes.append(buffer, static_cast<size_t>(bytes));
    }
  });
  {
    LineWriter one(ends[1], false);
    LineWriter other(ends[1], false);
    for (int i = 0; i < 2000; ++i) {
      one.Write(std::string(700, 'a'));
      other.Write(std::string(900, 'b'));
    }
  }
  close(ends[1]);
  reader.join();
  close(ends[0]);
  const std::vector<std::string> lines = absl::StrSplit(read_bytes, '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), 4000);
  for (const std::string& line : lines) {
    ASSERT_TRUE(line == std::string(700, 'a') || line == std::string(900, 'b')) << line;
  }
}

}  // namespace
}  // namespace openvidu::token
