#include "common/read_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

TEST(ReadFileTest, ReadsAFileWhole) {
  const TempFolder folder;
  for (const std::string& text :
       {std::string(), std::string("a\0\r\nb", 5), std::string(kMaxFileBytes, 'x')}) {
    EXPECT_THAT(ReadFile(folder.Write("file", text)), IsOkAndHolds(text));
  }
}

TEST(ReadFileTest, ReadsAPipe) {
  const TempFolder folder;
  const std::string path = folder.path() + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&path] { std::ofstream(path) << "through a pipe"; });
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("through a pipe"));
  writer.join();
}

TEST(ReadFileTest, RefusesWhatIsNoSmallFileByItsName) {
  const TempFolder folder;
  const std::string large = folder.Write("large", std::string(kMaxFileBytes + 1, 'x'));
  const std::pair<std::string, const char*> rows[] = {{folder.path(), "not a file"},
                                                      {"/dev/zero", "not a file"},
                                                      {"", "No such file"},
                                                      {folder.path() + "/none", "No such file"},
                                                      {large, "larger than 1048576 bytes"}};
  for (const auto& [path, why] : rows) {
    EXPECT_THAT(ReadFile(path), StatusIs(Code::kInvalidArgument,
                                         AllOf(HasSubstr("'" + path + "'"), HasSubstr(why))));
  }
}

}  // namespace
}  // namespace openvidu::token
