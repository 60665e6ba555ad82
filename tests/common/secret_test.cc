#include "common/secret.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SecretTest : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("OPENVIDU_SECRET");
    unsetenv("OPENVIDU_SECRET_FILE");
  }

  std::string Write(absl::string_view text) const { return folder_.Write("secret", text); }

 private:
  const TempFolder folder_;
};

TEST_F(SecretTest, ComesFromTheEnvironmentAndLeavesIt) {
  setenv("OPENVIDU_SECRET", "MY_SECRET", 1);
  EXPECT_THAT(ReadOpenViduSecret(), IsOkAndHolds("MY_SECRET"));
  EXPECT_EQ(std::getenv("OPENVIDU_SECRET"), nullptr);
}

TEST_F(SecretTest, ComesFromAFileLessItsNewline) {
  setenv("OPENVIDU_SECRET_FILE", Write(" S \r\n").c_str(), 1);
  EXPECT_THAT(ReadOpenViduSecret(), IsOkAndHolds(" S "));
}

TEST_F(SecretTest, NamesEachMistakeWithoutTheSecret) {
  EXPECT_THAT(ReadOpenViduSecret(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("OPENVIDU_SECRET (or OPENVIDU_SECRET_FILE)")));
  setenv("OPENVIDU_SECRET_FILE", "/nonexistent/secret", 1);
  EXPECT_THAT(ReadOpenViduSecret(), StatusIs(absl::StatusCode::kInvalidArgument,
                                             HasSubstr("cannot read '/nonexistent/secret'")));
  setenv("OPENVIDU_SECRET_FILE", Write("\n").c_str(), 1);
  EXPECT_THAT(ReadOpenViduSecret(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is empty")));
  setenv("OPENVIDU_SECRET", "MY_SECRET", 1);
  EXPECT_THAT(ReadOpenViduSecret(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("both set")));
  unsetenv("OPENVIDU_SECRET_FILE");
  setenv("OPENVIDU_SECRET", "MY\nSECRET", 1);
  EXPECT_THAT(ReadOpenViduSecret(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("control characters"), Not(HasSubstr("SECRET\n")),
                             Not(HasSubstr("MY\n")))));
}

}  // namespace
}  // namespace openvidu::token
