#include "emulator/ice_url.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "emulator/enums.h"
#include "emulator/gson_element.h"

namespace openvidu::emulator {
namespace {

constexpr absl::string_view kTurn[] = {"turn", "turns"};
constexpr absl::string_view kStun[] = {"stun", "stuns"};
// The generic top-level domains in common use. The real server knows the whole list of IANA; any
// other name is looked up in the DNS by both.
constexpr absl::string_view kGenericDomains[] = {
    "com",  "org", "net",   "edu",    "gov", "mil",  "int",  "info",    "biz",   "name",   "pro",
    "aero", "app", "arpa",  "asia",   "cat", "club", "coop", "dev",     "io",    "jobs",   "live",
    "mobi", "xyz", "cloud", "museum", "tel", "tech", "top",  "network", "video", "online", "site"};

absl::Status Error(const std::string& message) { return absl::InvalidArgumentError(message); }

bool IsLabel(absl::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

bool IsDomainName(absl::string_view host) {
  const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
  if (labels.size() < 2 || host.size() > 253 ||
      !std::all_of(labels.begin(), labels.end(), IsLabel)) {
    return false;
  }
  const std::string top = absl::AsciiStrToLower(labels.back());
  const bool country =
      top.size() == 2 && absl::ascii_isalpha(top[0]) && absl::ascii_isalpha(top[1]);
  return country || IsOneOf(top, kGenericDomains);
}

bool IsAddress(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

bool Resolves(const std::string& host) {
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, nullptr, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

absl::Status CheckHost(absl::string_view url, const std::string& host) {
  if (host.empty()) return Error(absl::StrCat("Host defined in '", url, "' is empty or null"));
  if (IsDomainName(host) || IsAddress(host) || Resolves(host)) return absl::OkStatus();
  return Error(absl::StrCat("Is not a valid Internet Address (IP or Domain Name): '", host, "'"));
}

absl::Status CheckHostAndPort(absl::string_view url, const std::string& host,
                              absl::string_view port) {
  if (absl::Status status = CheckHost(url, host); !status.ok()) return status;
  const absl::StatusOr<int32_t> number = JavaParseInt(port);
  if (!number.ok()) {
    return Error(absl::StrCat("The port defined in '", url, "' is not a number (0-65535)"));
  }
  if (*number <= 0 || *number > 65535) {
    return Error(
        absl::StrCat("The port defined in '", url, "' is not a valid port number (0-65535)"));
  }
  return absl::OkStatus();
}

absl::Status CheckIpv6(absl::string_view url, absl::string_view host_and_port, size_t open,
                       size_t close) {
  if (close < open) {
    return Error(
        absl::StrCat("begin ", open + 1, ", end ", close, ", length ", host_and_port.size()));
  }
  const std::string host(host_and_port.substr(open + 1, close - open - 1));
  const absl::string_view rest = host_and_port.substr(close + 1);
  if (rest == ":") {
    return Error(absl::StrCat("Host or port are not correctly defined in STUN/TURN uri: ", url));
  }
  if (absl::StartsWith(rest, ":")) return CheckHostAndPort(url, host, rest.substr(1));
  if (!rest.empty()) {
    return Error(absl::StrCat("Port is not specified correctly after IPv6 in uri: '", url, "'"));
  }
  return absl::OkStatus();  // an address in brackets without a port is not looked at
}

}  // namespace

absl::Status CheckIceUrl(absl::string_view url) {
  const size_t colon = url.find(':');
  if (colon == absl::string_view::npos) {
    return Error(
        absl::StrCat("Not a valid TURN/STUN uri provided. No colons found in: '", url, "'"));
  }
  const absl::string_view protocol = url.substr(0, colon);
  const bool is_turn = IsOneOf(protocol, kTurn);
  if (!is_turn && !IsOneOf(protocol, kStun)) {
    // The order is that of Java's hash sets.
    return Error(absl::StrCat("The protocol '", protocol,
                              "' is invalid. Only valid values are: [turn, turns] [stuns, stun]"));
  }
  absl::string_view host_and_port = url.substr(colon + 1);
  if (const size_t question = url.find('?'); question != absl::string_view::npos) {
    if (!is_turn) return Error("STUN uri can't have any '?' query param");
    const absl::string_view transport = url.substr(question);
    if (transport != "?transport=tcp" && transport != "?transport=udp") {
      return Error(absl::StrCat(
          "Wrong value specified in STUN/TURN uri: '", url,
          "'. Unique valid arguments after '?' are '?transport=tcp' or '?transport=udp"));
    }
    host_and_port = url.substr(colon + 1, question - colon - 1);
  }
  const size_t open = host_and_port.find('[');
  const size_t close = host_and_port.find(']');
  const bool has_brackets = open != absl::string_view::npos;
  if (has_brackets != (close != absl::string_view::npos)) {
    return Error(absl::StrCat("Not closed bracket '[' or ']' in uri: ", url));
  }
  if (!absl::StrContains(host_and_port, ':')) return CheckHost(url, std::string(host_and_port));
  if (has_brackets) return CheckIpv6(url, host_and_port, open, close);
  std::vector<std::string> parts = absl::StrSplit(host_and_port, ':');
  while (!parts.empty() && parts.back().empty()) parts.pop_back();  // as String.split() does
  if (parts.size() != 2) {
    return Error(
        absl::StrCat("Host or port are not correctly defined in STUN/TURN uri: '", url, "'"));
  }
  return CheckHostAndPort(url, parts[0], parts[1]);
}

}  // namespace openvidu::emulator
