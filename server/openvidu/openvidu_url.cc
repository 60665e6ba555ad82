#include "server/openvidu/openvidu_url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/host_port.h"

namespace openvidu::token {
namespace {

constexpr int kHttpPort = 80;
constexpr int kHttpsPort = 443;
// Leaves the rest of the 8 KiB to the request line, the headers and a long base URL.
constexpr size_t kMaxSessionIdBytes = 4096;

bool IsHostCharacter(char c) { return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == ':'; }
bool IsPathCharacter(char c) { return absl::ascii_isalnum(c) || absl::StrContains("-._~/%", c); }

}  // namespace

std::string OpenViduUrl::HostHeader() const {
  const bool own_port = port == (tls ? kHttpsPort : kHttpPort);
  if (!own_port) return FormatHostPort({host, port});
  return absl::StrContains(host, ':') ? absl::StrCat("[", host, "]") : host;
}

absl::StatusOr<OpenViduUrl> ParseOpenViduUrl(absl::string_view url) {
  OpenViduUrl parsed;
  absl::string_view rest = url;
  if (absl::StartsWithIgnoreCase(rest, "https://")) {
    parsed.tls = true;
    rest.remove_prefix(8);
  } else if (absl::StartsWithIgnoreCase(rest, "http://")) {
    rest.remove_prefix(7);
  } else {
    return absl::InvalidArgumentError("the URL of OpenVidu must start with http:// or https://");
  }

  const size_t slash = std::min(rest.find('/'), rest.size());
  absl::string_view authority = rest.substr(0, slash);
  absl::string_view path = rest.substr(slash);
  if (absl::StrContains(rest, '@')) {
    return absl::InvalidArgumentError(
        "the URL of OpenVidu must not hold credentials; the secret has its own setting");
  }
  while (absl::ConsumeSuffix(&path, "/")) {
  }
  if (!std::all_of(path.begin(), path.end(), IsPathCharacter)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the URL of OpenVidu, '", url, "', has a query or a character that no path has"));
  }
  parsed.path = std::string(path);

  // Behind the brackets of an IPv6 address or the name, is there a port?
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  const bool has_port =
      colon != absl::string_view::npos && (bracket == absl::string_view::npos || colon > bracket);
  const std::string with_port =
      has_port ? std::string(authority)
               : absl::StrCat(authority, ":", parsed.tls ? kHttpsPort : kHttpPort);
  const absl::StatusOr<HostPort> host_port = ParseHostPort(with_port);
  if (!host_port.ok() || host_port->port == 0 ||
      !std::all_of(host_port->host.begin(), host_port->host.end(), IsHostCharacter)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the URL of OpenVidu, '", url, "', has no valid host and port"));
  }
  parsed.host = host_port->host;
  parsed.port = host_port->port;
  return parsed;
}

bool IsPossibleSessionId(absl::string_view id) {
  return !id.empty() && id.size() <= kMaxSessionIdBytes &&
         std::all_of(id.begin(), id.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
}

}  // namespace openvidu::token
