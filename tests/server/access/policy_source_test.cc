#include "server/access/policy_source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/match.h"
#include "common/read_file.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;

constexpr char kNobody[] = R"({"groups":[{"name":"staff","match":{"authenticated":true}}]})";
constexpr char kEverybody[] = R"({"groups":[{"name":"all","match":{"everyone":true}}]})";

/// The rule that decides of an anonymous caller; empty: he is denied.
std::string Rule(const Policy& policy) { return policy.DecideInitialize({}, {}).rule; }

/// Has what goes to stderr written into a file, which can be read meanwhile.
class StderrFile {
 public:
  explicit StderrFile(const std::string& path) : path_(path), saved_(dup(STDERR_FILENO)) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDERR_FILENO);
    close(fd);
  }
  ~StderrFile() {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }
  std::string Text() const { return *ReadFile(path_); }

 private:
  const std::string path_;
  const int saved_;
};

class PolicySourceTest : public testing::Test {
 protected:
  std::unique_ptr<PolicySource> Start(const std::string& policy) {
    auto source = PolicySource::Create({policy, absl::Milliseconds(2)}, *reactor_);
    EXPECT_THAT(source, IsOk());
    return *std::move(source);
  }

  const TempFolder folder_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
};

TEST_F(PolicySourceTest, KnowsTwoPoliciesWithoutAFile) {
  EXPECT_EQ(Rule(*Start("")->policy()), "default");
  EXPECT_EQ(Rule(*Start("sample")->policy()), "sample");
}

TEST_F(PolicySourceTest, ReadsAFileAgainAndKeepsThePolicyBeforeABadOne) {
  const std::string path = folder_.Write("policy.json", kNobody);
  const auto source = Start(path);
  const std::shared_ptr<const Policy> first = source->policy();
  EXPECT_EQ(Rule(*first), "");

  folder_.Write("policy.json", kEverybody);
  while (Rule(*source->policy()) != "all") std::this_thread::yield();
  EXPECT_EQ(Rule(*first), "") << "a snapshot does not change";

  const std::shared_ptr<const Policy> second = source->policy();
  const StderrFile log(folder_.path() + "/log");
  folder_.Write("policy.json", R"({"groups":[{"nam":1}]})");
  while (!absl::StrContains(
      log.Text(), "the policy before stays: policy: " + path + ": groups[0].nam: is not known")) {
    std::this_thread::yield();
  }
  EXPECT_EQ(source->policy(), second);
}

TEST_F(PolicySourceTest, NamesEveryMistakeAtStart) {
  const std::string path = folder_.Write("policy.json", R"({"groups":[{"nam":1}],"x":2})");
  for (const absl::Status& status :
       {PolicySource::Check({path}), PolicySource::Create({path}, *reactor_).status()}) {
    EXPECT_THAT(
        status,
        StatusIs(absl::StatusCode::kInvalidArgument,
                 testing::AllOf(HasSubstr("policy: " + path + ": groups[0].nam: is not known"),
                                HasSubstr("\npolicy: " + path + ": groups[0]: has to have a name"),
                                HasSubstr(path + ": x: is not known"))));
  }
  EXPECT_THAT(PolicySource::Check({folder_.path() + "/none"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("policy: cannot read '")));
}

}  // namespace
}  // namespace openvidu::token
