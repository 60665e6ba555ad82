#include "http/http_url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/host_port.h"

namespace openvidu::token {
namespace {

constexpr int kHttpPort = 80;
constexpr int kHttpsPort = 443;

bool IsHostCharacter(char c) { return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == ':'; }
// RFC 3986 §3.3 and §3.4.
bool IsPathCharacter(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("-._~/%!$&'()*+,;=:?", c);
}

}  // namespace

std::string HttpUrl::HostHeader() const {
  const bool own_port = port == (tls ? kHttpsPort : kHttpPort);
  if (!own_port) return FormatHostPort({host, port});
  return absl::StrContains(host, ':') ? absl::StrCat("[", host, "]") : host;
}

absl::StatusOr<HttpUrl> ParseHttpUrl(absl::string_view url, absl::string_view name) {
  HttpUrl parsed;
  absl::string_view rest = url;
  if (absl::StartsWithIgnoreCase(rest, "https://")) {
    parsed.tls = true;
    rest.remove_prefix(8);
  } else if (absl::StartsWithIgnoreCase(rest, "http://")) {
    rest.remove_prefix(7);
  } else {
    return absl::InvalidArgumentError(absl::StrCat(name, " must start with http:// or https://"));
  }

  const size_t slash = std::min(rest.find('/'), rest.size());
  const absl::string_view authority = rest.substr(0, slash);
  const absl::string_view path = rest.substr(slash);
  if (absl::StrContains(rest, '@')) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " must not hold credentials: they do not belong into a URL"));
  }
  if (!std::all_of(path.begin(), path.end(), IsPathCharacter)) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ", '", url, "', has a character that no path has"));
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
        absl::StrCat(name, ", '", url, "', has no valid host and port"));
  }
  parsed.host = host_port->host;
  parsed.port = host_port->port;
  return parsed;
}

}  // namespace openvidu::token
