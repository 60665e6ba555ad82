#include "server/openvidu/openvidu_url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

// Leaves the rest of the 8 KiB to the request line, the headers and a long base URL.
constexpr size_t kMaxSessionIdBytes = 4096;

}  // namespace

absl::StatusOr<OpenViduUrl> ParseOpenViduUrl(absl::string_view url) {
  absl::StatusOr<OpenViduUrl> parsed = ParseHttpUrl(url, "the URL of OpenVidu");
  if (!parsed.ok()) return parsed;
  if (absl::StrContains(parsed->path, '?')) {
    return absl::InvalidArgumentError(
        absl::StrCat("the URL of OpenVidu, '", url, "', has a query"));
  }
  while (absl::EndsWith(parsed->path, "/")) parsed->path.pop_back();
  return parsed;
}

bool IsPossibleSessionId(absl::string_view id) {
  return !id.empty() && id.size() <= kMaxSessionIdBytes &&
         std::all_of(id.begin(), id.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
}

}  // namespace openvidu::token
