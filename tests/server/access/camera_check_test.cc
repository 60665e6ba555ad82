#include "server/access/camera_check.h"

#include <gmock/gmock.h>

#include <latch>

#include "absl/time/clock.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;

class CameraCheckTest : public testing::Test {
 protected:
  ~CameraCheckTest() override {
    reactor_->RunAndWait([&] { check_ = nullptr; });
  }

  absl::Status Check(const CameraHost& camera, absl::Time deadline = absl::InfiniteFuture()) {
    absl::Status result;
    std::latch ended{1};
    reactor_->Post([&] {
      check_->Check(camera, deadline, [&](const absl::Status& status) {
        result = status;
        ended.count_down();
      });
    });
    ended.wait();
    return result;
  }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  std::unique_ptr<CameraCheck> check_ = std::make_unique<CameraCheck>(*reactor_, 2);
};

TEST_F(CameraCheckTest, TakesPublicAddressesAndPrivateOnesWhereAllowed) {
  EXPECT_THAT(Check({"8.8.8.8"}), IsOk());
  EXPECT_THAT(Check({"2001:4860:4860::8888"}), IsOk());
  EXPECT_THAT(Check({"192.168.1.7", /*allow_private_addresses=*/true}), IsOk());
}

TEST_F(CameraCheckTest, RefusesAnyOtherInTheSameWords) {
  const absl::Status no_such_name = Check({"no-such-host.invalid"});
  EXPECT_THAT(no_such_name,
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("not allowed")));
  EXPECT_EQ(FieldOf(no_such_name), "rtspUri");
  EXPECT_EQ(ReasonOf(no_such_name), "POLICY_DENIED");
  for (const char* host : {"192.168.1.7", "127.0.0.1", "::1", "::ffff:10.0.0.1", "localhost"}) {
    EXPECT_EQ(Check({host}), no_such_name) << host;
  }
  for (const char* host : {"127.0.0.1", "169.254.169.254", "::1", "fe80::1", "localhost"}) {
    EXPECT_EQ(Check({host, /*allow_private_addresses=*/true}), no_such_name) << host;
  }
}

TEST_F(CameraCheckTest, TellsOnlyOnceWhereTheDeadlineIsOver) {
  // The lookup's result comes to the reactor after this task, the timer's turn before it or after.
  const absl::Status status = Check({"localhost"}, absl::Now() - absl::Seconds(1));
  EXPECT_THAT(status.code(), testing::AnyOf(absl::StatusCode::kDeadlineExceeded,
                                            absl::StatusCode::kPermissionDenied));
}

TEST_F(CameraCheckTest, RefusesTooManyAtOnceAndEndsThoseUnderWay) {
  std::vector<absl::Status> results;
  reactor_->RunAndWait([&] {
    for (int i = 0; i < 3; ++i) {
      check_->Check({"localhost"}, absl::InfiniteFuture(),
                    [&](const absl::Status& status) { results.push_back(status); });
    }
    EXPECT_THAT(results, testing::ElementsAre(StatusIs(absl::StatusCode::kResourceExhausted)));
    check_ = nullptr;
  });
  EXPECT_THAT(results, testing::ElementsAre(StatusIs(absl::StatusCode::kResourceExhausted),
                                            StatusIs(absl::StatusCode::kUnavailable),
                                            StatusIs(absl::StatusCode::kUnavailable)));
}

}  // namespace
}  // namespace openvidu::token
