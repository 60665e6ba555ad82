#include "common/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/environment.h"
#include "common/host_port.h"

namespace openvidu::token {
namespace {

// The kernel cuts it to net.core.somaxconn.
constexpr int kBacklog = 4096;

constexpr absl::string_view kFromSystemd = "systemd:";
constexpr int kFirstPassed = 3;  // SD_LISTEN_FDS_START

int PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

bool HasOption(int fd, int option, int value) {
  int found = 0;
  socklen_t size = sizeof(found);
  return getsockopt(fd, SOL_SOCKET, option, &found, &size) == 0 && found == value;
}

bool ListensForTcp(int fd) {
  return HasOption(fd, SO_ACCEPTCONN, 1) && HasOption(fd, SO_TYPE, SOCK_STREAM) &&
         (HasOption(fd, SO_DOMAIN, AF_INET) || HasOption(fd, SO_DOMAIN, AF_INET6));
}

}  // namespace

absl::StatusOr<Listener> ListenTcp(absl::string_view host_port) {
  const absl::StatusOr<HostPort> parsed = ParseHostPort(host_port);
  if (!parsed.ok()) return parsed.status();

  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed =
      getaddrinfo(parsed->host.c_str(), std::to_string(parsed->port).c_str(), &hints, &found);
  if (failed != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot listen on ", host_port, ": ", gai_strerror(failed)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, freeaddrinfo);

  const char* step = "socket";
  int error = 0;
  for (const addrinfo* a = addresses.get(); a != nullptr; a = a->ai_next) {
    const int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      error = errno;
      continue;
    }
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    step = "bind";
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0) {
      step = "listen";
      if (listen(fd, kBacklog) == 0) return Listener{fd, PortOf(fd)};
    }
    error = errno;
    close(fd);
  }
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", host_port, ": ", step, ": ", std::strerror(error)));
}

absl::StatusOr<Listener> ListenOrTake(absl::string_view address) {
  absl::string_view name = address;
  if (!absl::ConsumePrefix(&name, kFromSystemd)) return ListenTcp(address);
  if (EnvOr("LISTEN_PID", "") != std::to_string(getpid())) {
    return absl::InvalidArgumentError(
        absl::StrCat(address, ": systemd passed no sockets; is it started by a .socket unit?"));
  }
  const std::vector<std::string> names = absl::StrSplit(EnvOr("LISTEN_FDNAMES", ""), ':');
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat(address, ": systemd passed the sockets '", EnvOr("LISTEN_FDNAMES", ""), "'"));
  }
  const int fd = kFirstPassed + static_cast<int>(found - names.begin());
  if (!ListensForTcp(fd)) {
    return absl::InvalidArgumentError(
        absl::StrCat(address, ": the socket does not listen for TCP (ListenStream=, Accept=no)"));
  }
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return Listener{fd, PortOf(fd)};
}

absl::Status CheckListenAddress(absl::string_view address) {
  if (absl::StartsWith(address, kFromSystemd) && address.size() > kFromSystemd.size()) {
    return absl::OkStatus();
  }
  return ParseHostPort(address).status();
}

}  // namespace openvidu::token
