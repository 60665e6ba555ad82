#ifndef SERVER_OPENVIDU_ADDRESS_RESOLVER_H_
#define SERVER_OPENVIDU_ADDRESS_RESOLVER_H_

#include <sys/socket.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// A socket address to connect to.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// Looks `host` up, with `port`, in the system's order of preference. Asks anew at each call, so
/// that a name may move. Returns by `deadline` though getaddrinfo knows none: a lookup that takes
/// longer is left to finish on its own thread. Thread-safe. Errors: kUnavailable (no such name, no
/// resolver), kDeadlineExceeded.
absl::StatusOr<std::vector<Address>> ResolveAddresses(const std::string& host, int port,
                                                      absl::Time deadline);

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_ADDRESS_RESOLVER_H_
