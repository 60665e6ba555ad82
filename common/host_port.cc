#include "common/host_port.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace openvidu::token {

absl::StatusOr<HostPort> ParseHostPort(absl::string_view text) {
  const auto error = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not host:port (for IPv6 [host]:port), port 0 to 65535"));
  };
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return error();
  absl::string_view host = text.substr(0, colon);
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) {
    host = host.substr(1, host.size() - 2);
  } else if (absl::StrContains(host, ":")) {
    return error();
  }
  const absl::string_view digits = text.substr(colon + 1);
  int port = -1;
  if (host.empty() || digits.empty() || digits[0] < '0' || digits[0] > '9' ||
      !absl::SimpleAtoi(digits, &port) || port > 65535) {
    return error();
  }
  return HostPort{std::string(host), port};
}

std::string FormatHostPort(const HostPort& host_port) {
  const bool ipv6 = absl::StrContains(host_port.host, ":");
  return absl::StrCat(ipv6 ? "[" : "", host_port.host, ipv6 ? "]:" : ":", host_port.port);
}

std::string WithPort(absl::string_view host_port, int port) {
  return absl::StrCat(host_port.substr(0, host_port.rfind(':')), ":", port);
}

}  // namespace openvidu::token
