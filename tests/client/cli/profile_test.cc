#include "client/cli/profile.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "client/cli/flags.h"
#include "tests/client/cli/words.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

TEST(ProfilesTest, AreReadWithTheirSettings) {
  const auto profiles = Profiles::Parse(
      "# a comment\r\n; another\n\n[ staging ]\n server_address = token.example:443 \ntls=true\n"
      "[local]\ntoken_file = /a = b # c\n",
      "p.ini");
  ASSERT_THAT(profiles, IsOk());
  EXPECT_EQ(profiles->Names(), "staging, local");
  ASSERT_NE(profiles->Find("staging"), nullptr);
  EXPECT_EQ(profiles->Find("staging")->at(0).key, "server_address");
  EXPECT_EQ(profiles->Find("staging")->at(0).value, "token.example:443");
  EXPECT_EQ(profiles->Find("staging")->at(1).line, 6);
  EXPECT_EQ(profiles->Find("local")->at(0).value, "/a = b # c");
  EXPECT_EQ(profiles->Find("other"), nullptr);
}

TEST(ProfilesTest, EveryMistakeIsNamedWithFileAndLine) {
  EXPECT_THAT(
      Profiles::Parse(
          "tls = true\n[a]\nnonsense\nserver_adress = x\ntoken = hush\nrole = x\n[a\n[]\n"
          "[a]\ntls=1\ntls=0\n",
          "p.ini"),
      StatusIs(
          Code::kInvalidArgument,
          AllOf(HasSubstr("p.ini:1: 'tls' is in no profile"), HasSubstr("p.ini:3: there is no '='"),
                HasSubstr("p.ini:4: 'server_adress' is nothing that a profile sets; there are "
                          "server_address, tls"),
                HasSubstr("p.ini:5: 'token'"), HasSubstr("p.ini:6: 'role'"),
                HasSubstr("p.ini:7: a profile begins"), HasSubstr("p.ini:8: a profile begins"),
                HasSubstr("p.ini:9: the profile 'a' is there twice"),
                HasSubstr("p.ini:11: 'tls' is there twice"))));
}

class PrecedenceTest : public testing::Test {
 protected:
  PrecedenceTest()
      : path_(folder_.Write("profiles.ini",
                            "[default]\nserver_address = default:1\noutput = yaml\n"
                            "[staging]\nserver_address = staging:1\ntimeout = 3s\n"
                            "token_file = /of/profile\n"
                            "[broken]\ntimeout = soon\noutput = xml\n")) {
    ClearEnvironment();
  }
  ~PrecedenceTest() override { ClearEnvironment(); }

  static void ClearEnvironment() {
    for (const char* name :
         {"TOKEN_SERVER_ADDRESS", "TOKEN_PROFILE", "TOKEN_AUTH_TOKEN", "TOKEN_GATEWAY_URL"}) {
      unsetenv(name);
    }
  }

  absl::Status Read(std::vector<std::string> flags) {
    flags.insert(flags.begin(), "init-session");
    return ReadWords(flags, path_).status();
  }

  const absl::FlagSaver saver_;
  const TempFolder folder_;
  const std::string path_;
};

TEST_F(PrecedenceTest, AFlagComesBeforeTheEnvironmentBeforeTheProfileBeforeTheDefault) {
  ASSERT_THAT(Read({}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_server_address), "default:1");
  EXPECT_EQ(absl::GetFlag(FLAGS_output), "yaml");
  EXPECT_EQ(absl::GetFlag(FLAGS_timeout), absl::Seconds(25));
  setenv("TOKEN_SERVER_ADDRESS", "environment:1", 1);
  ASSERT_THAT(Read({}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_server_address), "environment:1");
  ASSERT_THAT(Read({"--server_address=flag:1"}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_server_address), "flag:1");
}

TEST_F(PrecedenceTest, AProfileIsChosenByFlagOrVariable) {
  setenv("TOKEN_PROFILE", "staging", 1);
  ASSERT_THAT(Read({}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_server_address), "staging:1");
  EXPECT_EQ(absl::GetFlag(FLAGS_timeout), absl::Seconds(3));
  EXPECT_EQ(absl::GetFlag(FLAGS_token_file), "/of/profile");
  ASSERT_THAT(Read({"--profile=default"}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_server_address), "default:1");
}

TEST_F(PrecedenceTest, TheTokenOfTheEnvironmentComesBeforeTheProfilesFile) {
  setenv("TOKEN_AUTH_TOKEN", "hush", 1);
  ASSERT_THAT(Read({"--profile=staging"}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_token_file), "");
  unsetenv("TOKEN_AUTH_TOKEN");
  ASSERT_THAT(Read({"--profile=staging"}), IsOk());
  EXPECT_EQ(absl::GetFlag(FLAGS_token_file), "/of/profile");
}

TEST_F(PrecedenceTest, AMistakeNamesTheFileAndTheKey) {
  EXPECT_THAT(
      Read({"--profile=broken"}),
      StatusIs(Code::kInvalidArgument, AllOf(HasSubstr(path_ + ":9: timeout: bad value 'soon'"),
                                             HasSubstr(path_ + ":10: output: 'xml' is not auto"))));
  EXPECT_THAT(
      Read({"--profile=absent"}),
      StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("has no profile 'absent'"),
                                             HasSubstr("there are default, staging, broken"))));
  EXPECT_THAT(
      ReadWords({"init-session", "--profile=default"}, folder_.path() + "/absent.ini").status(),
      IsOk());
  EXPECT_THAT(ReadWords({"init-session", "--profile=a"}, folder_.path() + "/absent.ini").status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("absent.ini has no profile 'a'")));
}

}  // namespace
}  // namespace openvidu::token
