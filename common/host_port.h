#ifndef COMMON_HOST_PORT_H_
#define COMMON_HOST_PORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// A host (name, IPv4 or IPv6 without brackets) and a TCP port.
struct HostPort {
  std::string host;
  int port = 0;  ///< 0…65535.
};

/// Parses `host:port` or `[ipv6]:port`.
/// Errors: kInvalidArgument that quotes the text.
absl::StatusOr<HostPort> ParseHostPort(absl::string_view text);

/// The inverse: puts an IPv6 host in brackets.
std::string FormatHostPort(const HostPort& host_port);

/// `host_port` with the port that was bound, for messages where 0 was asked for.
std::string WithPort(absl::string_view host_port, int port);

}  // namespace openvidu::token

#endif  // COMMON_HOST_PORT_H_
