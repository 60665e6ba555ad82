#include "net/file_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

class FileWatchTest : public testing::Test {
 protected:
  /// Waits until what it has been told is of `size` bytes in both files together, or -1 where one
  /// is not there.
  void AwaitSize(int size) const {
    while (size_ != size) std::this_thread::yield();
  }

  int Size() const {
    std::error_code error;
    const auto one = std::filesystem::file_size(one_, error);
    return error ? -1 : static_cast<int>(one + std::filesystem::file_size(other_));
  }

  const TempFolder folder_;
  const std::string one_ = folder_.Write("one", "a");
  const std::string other_ = folder_.Write("other", "a");
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  std::atomic<int> size_{0};
  FileWatch watch_{*reactor_, {one_, other_}, absl::Milliseconds(2), [this] { size_ = Size(); }};
};

TEST_F(FileWatchTest, TellsOfEachFilesChange) {
  watch_.Begin();
  folder_.Write("one", "ab");
  AwaitSize(3);
  folder_.Write("other", "abc");
  AwaitSize(5);
}

TEST_F(FileWatchTest, TellsOfAChangeBeforeItsBeginning) {
  folder_.Write("one", "ab");
  watch_.Begin();
  AwaitSize(3);
}

TEST_F(FileWatchTest, TellsThatAFileGoesAndComesAndThatALinkLeadsElsewhere) {
  watch_.Begin();
  std::filesystem::remove(one_);
  AwaitSize(-1);
  std::filesystem::create_symlink(other_, one_);  // as Kubernetes has it
  AwaitSize(2);
  std::filesystem::create_symlink(folder_.Write("third", "abc"), folder_.path() + "/link");
  std::filesystem::rename(folder_.path() + "/link", one_);
  AwaitSize(4);
}

}  // namespace
}  // namespace openvidu::token
