#include "client/auth_token.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = absl::StatusCode;

constexpr char kVariable[] = "TOKEN_AUTH_TOKEN";

class AuthTokenTest : public testing::Test {
 protected:
  AuthTokenTest() { unsetenv(kVariable); }
  ~AuthTokenTest() override { unsetenv(kVariable); }

  const TempFolder folder_;
};

TEST_F(AuthTokenTest, ComesFromTheFileOrTheEnvironment) {
  EXPECT_EQ(ReadAuthToken("").value_or("error"), "");
  EXPECT_EQ(ReadAuthToken(folder_.Write("unix", "a.b.c\n")).value_or("error"), "a.b.c");
  EXPECT_EQ(ReadAuthToken(folder_.Write("dos", "a.b.c\r\n")).value_or("error"), "a.b.c");
  setenv(kVariable, "d.e.f", 1);
  EXPECT_EQ(ReadAuthToken("").value_or("error"), "d.e.f");
  EXPECT_EQ(std::getenv(kVariable), nullptr);
}

TEST_F(AuthTokenTest, WhatIsNoTokenIsNamedAndNotQuoted) {
  for (const char* text : {"", "\n", "a b", "Bearer a.b.c", "hush\nhush"}) {
    EXPECT_THAT(
        ReadAuthToken(folder_.Write("bad", text)),
        StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("--token_file"), Not(HasSubstr("hush")))))
        << text;
  }
  EXPECT_THAT(ReadAuthToken(folder_.path() + "/none"),
              StatusIs(Code::kInvalidArgument, HasSubstr("/none")));
  setenv(kVariable, "hush hush", 1);
  EXPECT_THAT(ReadAuthToken(""), StatusIs(Code::kInvalidArgument,
                                          AllOf(HasSubstr(kVariable), Not(HasSubstr("hush")))));
  setenv(kVariable, "d.e.f", 1);
  EXPECT_THAT(ReadAuthToken(folder_.Write("good", "a.b.c")),
              StatusIs(Code::kInvalidArgument, HasSubstr("both")));
}

TEST_F(AuthTokenTest, GoesInPlainTextToThisMachineOnly) {
  for (const char* target : {"localhost:50051", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1",
                             "unix:/run/s", "unix-abstract:s", "dns:///localhost:1",
                             "dns:localhost:1", "ipv4:127.0.0.1:1,127.0.0.2:1", "ipv6:[::1]:1"}) {
    EXPECT_TRUE(IsLocalTarget(target)) << target;
  }
  for (const char* target :
       {"server:1", "10.0.0.1:1", "localhost.evil.example:1", "127.0.0.1.evil.example:1",
        "dns:///server:1", "dns://localhost/server:1", "ipv4:127.0.0.1:1,10.0.0.1:1", "[::2]:1",
        "ipv4:", "0.0.0.0:1"}) {
    EXPECT_FALSE(IsLocalTarget(target)) << target;
    EXPECT_THAT(CheckTokenIsSafe("a.b.c", target, false, false),
                StatusIs(Code::kInvalidArgument,
                         AllOf(HasSubstr("--insecure_token"), Not(HasSubstr("a.b.c")))));
    EXPECT_THAT(CheckTokenIsSafe("a.b.c", target, true, false), IsOk());
    EXPECT_THAT(CheckTokenIsSafe("a.b.c", target, false, true), IsOk());
    EXPECT_THAT(CheckTokenIsSafe("", target, false, false), IsOk());
  }
}

}  // namespace
}  // namespace openvidu::token
