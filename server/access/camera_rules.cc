#include "server/access/camera_rules.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/access/glob.h"

namespace openvidu::token {
namespace {

int PortOf(const CameraUri& uri) {
  static const auto& defaults = *new std::map<absl::string_view, int>{
      {"rtsp", 554}, {"rtsps", 322}, {"http", 80}, {"https", 443}};
  return uri.port != 0 ? uri.port : defaults.at(uri.scheme);
}

}  // namespace

absl::StatusOr<CameraUri> CheckCameraUri(const CameraRules& rules, absl::string_view uri) {
  absl::StatusOr<CameraUri> parsed = ParseCameraUri(uri);
  if (!parsed.ok()) return absl::PermissionDeniedError(parsed.status().message());
  const auto refuse = [](absl::string_view what) {
    return absl::PermissionDeniedError(absl::StrCat(what, " that is not allowed"));
  };
  if (rules.schemes.count(parsed->scheme) == 0) {
    return refuse(absl::StrCat("has the scheme '", parsed->scheme, "'"));
  }
  if (parsed->scheme == "file") return parsed;
  if (parsed->has_user_info && !rules.allow_user_info) return refuse("has a user name");
  const bool is_host_allowed = std::any_of(
      rules.hosts.begin(), rules.hosts.end(),
      [&parsed](const std::string& pattern) { return MatchesHost(pattern, parsed->host); });
  if (!is_host_allowed) return refuse(absl::StrCat("has the host '", parsed->host, "'"));
  if (!rules.ports.empty() && rules.ports.count(PortOf(*parsed)) == 0) {
    return refuse(absl::StrCat("has the port ", PortOf(*parsed)));
  }
  return parsed;
}

}  // namespace openvidu::token
