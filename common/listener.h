#ifndef COMMON_LISTENER_H_
#define COMMON_LISTENER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// A listening TCP socket, non-blocking and close-on-exec. The holder closes `fd`.
struct Listener {
  int fd = -1;
  int port = 0;  ///< The port bound, also where 0 was asked for.
};

/// Binds and listens on `host_port` ("host:port", "[v6]:port"; port 0 = any free one). With
/// SO_REUSEADDR and without SO_REUSEPORT: a second instance on the same port fails instead of
/// silently sharing it. Errors: kInvalidArgument (not an address), kUnavailable (cannot bind; says
/// why).
absl::StatusOr<Listener> ListenTcp(absl::string_view host_port);

/// As ListenTcp; and "systemd:NAME" takes the socket that systemd listens on and passes under this
/// name, by the protocol of sd_listen_fds(3) and a .socket unit's FileDescriptorName=. Errors:
/// those of ListenTcp; kInvalidArgument (no such socket was passed, or it does not listen for TCP).
absl::StatusOr<Listener> ListenOrTake(absl::string_view address);

/// Errors: kInvalidArgument where `address` is neither host:port nor systemd:NAME.
absl::Status CheckListenAddress(absl::string_view address);

}  // namespace openvidu::token

#endif  // COMMON_LISTENER_H_
