#include "common/service_manager.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

/// What stands for the service manager: a socket that $NOTIFY_SOCKET names while this is there.
class Manager {
 public:
  /// `path` begins with @ for the abstract namespace.
  explicit Manager(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path));
    if (path[0] == '@') address.sun_path[0] = '\0';
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size())),
              0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Manager() {
    unsetenv("NOTIFY_SOCKET");
    close(fd_);
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// The next datagram; "" where there is none.
  std::string Received() const {
    char text[256];
    const ssize_t size = recv(fd_, text, sizeof(text), MSG_DONTWAIT);
    return std::string(text, size < 0 ? 0 : static_cast<size_t>(size));
  }

 private:
  const int fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST(ServiceManagerTest, IsToldByADatagramEach) {
  const TempFolder folder;
  const Manager manager(folder.path() + "/notify");
  TellReady();
  TellStopping();
  EXPECT_EQ(manager.Received(), "READY=1");
  EXPECT_EQ(manager.Received(), "STOPPING=1");
  EXPECT_EQ(manager.Received(), "");
}

TEST(ServiceManagerTest, MayListenInTheAbstractNamespace) {
  const Manager manager(absl::StrCat("@service-manager-test-", getpid()));
  TellReady();
  EXPECT_EQ(manager.Received(), "READY=1");
}

TEST(ServiceManagerTest, OneThatCannotBeReachedIsLogged) {
  for (const std::string& path :
       {std::string("/nowhere/notify"), std::string("notify"), std::string(200, '/')}) {
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    testing::internal::CaptureStderr();
    TellReady();
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("NOTIFY_SOCKET"))
        << path;
  }
  unsetenv("NOTIFY_SOCKET");
}

TEST(ServiceManagerTest, WhereNobodyAsksNothingIsSaid) {
  unsetenv("NOTIFY_SOCKET");
  testing::internal::CaptureStderr();
  TellReady();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace openvidu::token
