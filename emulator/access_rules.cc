#include "emulator/access_rules.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "emulator/percent.h"

namespace openvidu::emulator {
namespace {

struct Rule {
  const char* method;  // "": any
  const char* path;    // "…/**": that path and all below it
  Access access;
};

// In the order of SecurityConfig; the first that fits counts. A rule for GET does not hold for
// HEAD.
constexpr Rule kRules[] = {
    {"GET", "/openvidu/api/config/openvidu-publicurl", Access::kEverybody},
    {"HEAD", "/openvidu/api/config/openvidu-publicurl", Access::kEverybody},
    {"GET", "/openvidu/accept-certificate", Access::kEverybody},
    {"GET", "/openvidu/recordings/**", Access::kAuthenticated},
    {"", "/openvidu/api/**", Access::kAuthenticated},
    {"GET", "/openvidu/cdr/**", Access::kAuthenticated},
    {"GET", "/dashboard/**", Access::kAuthenticated},
    {"GET", "/openvidu/layouts/**", Access::kAuthenticated},
    {"", "/openvidu", Access::kEverybody},
    {"", "/openvidu/info", Access::kEverybody},
    {"", "/api/**", Access::kAuthenticated},
    {"GET", "/config/openvidu-publicurl", Access::kEverybody},
    {"GET", "/config/**", Access::kAuthenticated},
    {"GET", "/cdr/**", Access::kAuthenticated},
    {"GET", "/accept-certificate", Access::kEverybody},
    {"", "/layouts/**", Access::kAuthenticated},
    {"", "/recordings/**", Access::kAuthenticated},
};

bool Fits(absl::string_view pattern, absl::string_view path) {
  if (!absl::ConsumeSuffix(&pattern, "/**")) return path == pattern;
  return absl::ConsumePrefix(&path, pattern) && (path.empty() || path[0] == '/');
}

}  // namespace

Access AccessRuleOf(const HttpRequest& request) {
  const std::string path = PercentDecoded(request.path);
  for (const Rule& rule : kRules) {
    const absl::string_view method = rule.method;
    if ((method.empty() || method == request.method) && Fits(rule.path, path)) return rule.access;
  }
  return Access::kNobody;
}

absl::optional<std::string> ApiPathOf(const HttpRequest& request) {
  const std::string decoded = PercentDecoded(request.path);
  absl::string_view path = decoded;
  if (absl::ConsumePrefix(&path, kApiBase) && (path.empty() || path[0] == '/')) {
    return std::string(path);
  }
  // The aliases are rewritten by the raw path (ApiRestPathRewriteFilter).
  path = decoded;
  if (absl::StartsWith(request.path, "/api/")) return std::string(absl::StripPrefix(path, "/api"));
  if (absl::StartsWith(request.path, "/config")) return decoded;
  return absl::nullopt;
}

}  // namespace openvidu::emulator
