#include "common/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/environment.h"
#include "common/log.h"

namespace openvidu::token {
namespace {

/// Sends the datagram. Returns what stood in the way; empty: nothing.
std::string Send(absl::string_view path, absl::string_view state) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return "its path is too long";
  if (path[0] != '/' && path[0] != '@') return "it is no Unix socket";
  path.copy(address.sun_path, path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';  // in the abstract namespace
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());

  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::strerror(errno);
  const ssize_t sent = sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), size);
  const int error = errno;
  close(fd);
  return sent < 0 ? std::strerror(error) : "";
}

void Tell(absl::string_view state) {
  const std::string path = EnvOr("NOTIFY_SOCKET", "");
  if (path.empty()) return;
  const std::string mistake = Send(path, state);
  if (!mistake.empty()) LogWarning(absl::StrCat("$NOTIFY_SOCKET: ", mistake));
}

}  // namespace

void TellReady() { Tell("READY=1"); }
void TellStopping() { Tell("STOPPING=1"); }

}  // namespace openvidu::token
