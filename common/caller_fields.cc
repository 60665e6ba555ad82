#include "common/caller_fields.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace openvidu::token {
namespace {

constexpr absl::string_view kScheme = "bearer";
constexpr size_t kMaxRequestIdBytes = 128;

/// RFC 6750 2.1: b64token.
bool IsToken(absl::string_view text) {
  while (absl::EndsWith(text, "=")) text.remove_suffix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("-._~+/", c);
  });
}

}  // namespace

std::string BearerTokenOf(const std::vector<absl::string_view>& authorization) {
  if (authorization.empty()) return "";
  const absl::string_view value = absl::StripAsciiWhitespace(authorization.front());
  const size_t space = value.find(' ');
  if (authorization.size() > 1 || space == absl::string_view::npos ||
      !absl::EqualsIgnoreCase(value.substr(0, space), kScheme)) {
    return kUnusableToken;
  }
  const absl::string_view token = absl::StripAsciiWhitespace(value.substr(space));
  return token.size() <= kMaxBearerTokenBytes && IsToken(token) ? std::string(token)
                                                                : kUnusableToken;
}

bool IsRequestId(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestIdBytes &&
         std::all_of(text.begin(), text.end(), absl::ascii_isgraph);
}

std::string CanonicalAddress(absl::string_view text) {
  const std::string terminated(text.substr(0, text.find('%')));
  char canonical[INET6_ADDRSTRLEN] = {};
  in_addr v4;
  in6_addr v6;
  if (inet_pton(AF_INET, terminated.c_str(), &v4) == 1) {
    inet_ntop(AF_INET, &v4, canonical, sizeof(canonical));
  } else if (inet_pton(AF_INET6, terminated.c_str(), &v6) == 1) {
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
      inet_ntop(AF_INET, &v6.s6_addr[12], canonical, sizeof(canonical));
    } else {
      inet_ntop(AF_INET6, &v6, canonical, sizeof(canonical));
    }
  }
  return canonical;
}

}  // namespace openvidu::token
