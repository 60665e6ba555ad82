#include "common/listener.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

TEST(ListenerTest, ReportsThePortChosenAndRefusesASecondInstance) {
  const absl::StatusOr<Listener> first = ListenTcp("127.0.0.1:0");
  ASSERT_THAT(first, IsOk());
  EXPECT_GT(first->port, 0);
  EXPECT_THAT(
      ListenTcp(absl::StrCat("127.0.0.1:", first->port)),
      StatusIs(absl::StatusCode::kUnavailable, testing::HasSubstr("Address already in use")));
  close(first->fd);
}

TEST(ListenerTest, ListensOnIpv6) {
  const absl::StatusOr<Listener> listener = ListenTcp("[::1]:0");
  ASSERT_THAT(listener, IsOk());
  EXPECT_GT(listener->port, 0);
  close(listener->fd);
}

TEST(ListenerTest, NamesAnAddressThatIsNone) {
  EXPECT_THAT(ListenTcp("no port"), StatusIs(absl::StatusCode::kInvalidArgument));
}

/// What systemd passes to a program: sockets from descriptor 3 on, in the child that `run` runs in.
/// Exits with what `run` returns.
template <typename Run>
[[noreturn]] void ExitWithPassed(int fd, const std::string& names, Run run) {
  dup2(fd, 3);
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDS", "1", 1);
  setenv("LISTEN_FDNAMES", names.c_str(), 1);
  std::exit(run());
}

/// The exit code tells what is wrong.
int TakeAndCheck(int port) {
  const absl::StatusOr<Listener> taken = ListenOrTake("systemd:http");
  if (!taken.ok()) return 1;
  if (taken->fd != 3 || taken->port != port) return 2;
  if ((fcntl(3, F_GETFD) & FD_CLOEXEC) == 0) return 3;
  if ((fcntl(3, F_GETFL) & O_NONBLOCK) == 0) return 4;
  return 0;
}

int FailToTake(const char* why) {
  const absl::Status status = ListenOrTake("systemd:http").status();
  return absl::IsInvalidArgument(status) && absl::StrContains(status.message(), why) ? 0 : 1;
}

TEST(ListenerDeathTest, TakesTheSocketThatSystemdPasses) {
  const absl::StatusOr<Listener> listener = ListenTcp("127.0.0.1:0");
  ASSERT_THAT(listener, IsOk());
  EXPECT_EXIT(ExitWithPassed(listener->fd, "http", [&] { return TakeAndCheck(listener->port); }),
              testing::ExitedWithCode(0), "");
  EXPECT_EXIT(ExitWithPassed(listener->fd, "other", [] { return FailToTake("'other'"); }),
              testing::ExitedWithCode(0), "");
  close(listener->fd);
}

TEST(ListenerDeathTest, RefusesASocketThatDoesNotListen) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EXIT(ExitWithPassed(fd, "http", [] { return FailToTake("does not listen"); }),
              testing::ExitedWithCode(0), "");
  close(fd);
}

TEST(ListenerTest, SaysThatSystemdPassedNone) {
  EXPECT_THAT(ListenOrTake("systemd:http"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                     testing::HasSubstr("passed no sockets")));
}

TEST(ListenerTest, KnowsWhatIsAnAddress) {
  EXPECT_THAT(CheckListenAddress("127.0.0.1:0"), IsOk());
  EXPECT_THAT(CheckListenAddress("systemd:http"), IsOk());
  EXPECT_THAT(CheckListenAddress("systemd:"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckListenAddress("http"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace openvidu::token
