#include "server/access/camera_uri.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace openvidu::token {
namespace {

constexpr absl::string_view kSchemes[] = {"file", "rtsp", "rtsps", "http", "https"};
// RFC 3986: unreserved and sub-delims, beside letters and digits.
constexpr absl::string_view kUserInfo = "-._~!$&'()*+,;=:";
constexpr absl::string_view kPathAndQuery = "-._~!$&'()*+,;=:@/?";

absl::Status Mistake(absl::string_view why) { return absl::InvalidArgumentError(why); }

/// Whether `text` is of letters, digits, `others` and percent escapes.
bool IsOf(absl::string_view others, absl::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      if (text.size() - at < 3 || !absl::ascii_isxdigit(text[at + 1]) ||
          !absl::ascii_isxdigit(text[at + 2])) {
        return false;
      }
      at += 2;
    } else if (!absl::ascii_isalnum(text[at]) && !absl::StrContains(others, text[at])) {
      return false;
    }
  }
  return true;
}

bool IsHostName(absl::string_view host) {
  if (host.size() > 253) return false;
  const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
  for (absl::string_view label : labels) {
    const bool is_label = !label.empty() && label.size() <= 63 && label.front() != '-' &&
                          label.back() != '-' &&
                          std::all_of(label.begin(), label.end(),
                                      [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
    if (!is_label) return false;
  }
  return absl::ascii_isalpha(labels.back().front());  // 127.1, 0x7f.1 and 2130706433 are addresses
}

/// Four decimal numbers and nothing else: inet_pton takes no octal, no hex and no fewer.
bool IsIpv4(const std::string& host) {
  in_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

/// The IPv6 address in its usual form; empty where it is none.
std::string Ipv6(const std::string& host) {
  in6_addr address;
  std::array<char, INET6_ADDRSTRLEN> text;
  if (inet_pton(AF_INET6, host.c_str(), &address) != 1) return "";
  return inet_ntop(AF_INET6, &address, text.data(), text.size());
}

absl::Status ReadPort(absl::string_view text, CameraUri& uri) {
  if (text.empty()) return absl::OkStatus();
  absl::ConsumePrefix(&text, ":");
  const bool is_number = !text.empty() && text.size() <= 5 && text.front() != '0' &&
                         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  if (!is_number || !absl::SimpleAtoi(text, &uri.port) || uri.port > 65535) {
    return Mistake("has a port that is none");
  }
  return absl::OkStatus();
}

absl::Status ReadAuthority(absl::string_view text, CameraUri& uri) {
  if (const size_t at = text.find('@'); at != absl::string_view::npos) {
    if (!IsOf(kUserInfo, text.substr(0, at))) return Mistake("has a user name that is none");
    uri.has_user_info = true;
    text.remove_prefix(at + 1);
  }
  if (absl::StartsWith(text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return Mistake("has a [ without a ]");
    uri.host = Ipv6(std::string(text.substr(1, end - 1)));
    if (uri.host.empty()) return Mistake("has an IPv6 address that is none");
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') return Mistake("has no plain host and port");
    return ReadPort(text, uri);
  }
  const absl::string_view host = text.substr(0, text.find(':'));
  uri.host = absl::AsciiStrToLower(host);
  if (!IsHostName(uri.host) && !IsIpv4(uri.host)) {
    return Mistake(
        "has no plain host: a name, an IPv4 address in four decimal numbers, or an IPv6 "
        "address in brackets");
  }
  return ReadPort(text.substr(host.size()), uri);
}

}  // namespace

absl::StatusOr<CameraUri> ParseCameraUri(absl::string_view text) {
  CameraUri uri;
  const size_t colon = text.find("://");
  uri.scheme = std::string(text.substr(0, colon));
  if (colon == absl::string_view::npos ||
      std::find(std::begin(kSchemes), std::end(kSchemes), uri.scheme) == std::end(kSchemes)) {
    return Mistake("does not begin with file://, rtsp://, rtsps://, http:// or https://");
  }
  text.remove_prefix(colon + 3);
  const size_t end = std::min(text.find_first_of("/?"), text.size());
  if (!IsOf(kPathAndQuery, text.substr(end))) {
    return Mistake("has a character that a path or a query has not, or a fragment");
  }
  if (uri.scheme == "file") {
    if (!absl::StartsWith(text, "/")) return Mistake("names a host, which a file has not");
    return uri;
  }
  if (absl::Status status = ReadAuthority(text.substr(0, end), uri); !status.ok()) return status;
  return uri;
}

}  // namespace openvidu::token
