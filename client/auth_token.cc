#include "client/auth_token.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/caller_fields.h"
#include "common/environment.h"
#include "common/host_port.h"
#include "common/read_file.h"

namespace openvidu::token {
namespace {

constexpr char kVariable[] = "TOKEN_AUTH_TOKEN";

absl::StatusOr<std::string> CheckToken(absl::string_view token, absl::string_view source) {
  const std::string read = BearerTokenOf({absl::StrCat("Bearer ", token)});
  if (read != kUnusableToken) return read;
  return absl::InvalidArgumentError(absl::StrCat(source, " holds no bearer token (RFC 6750)"));
}

bool IsLoopback(absl::string_view host_port) {
  const absl::StatusOr<HostPort> parsed = ParseHostPort(host_port);
  if (!parsed.ok()) return false;
  if (parsed->host == "localhost") return true;
  const std::string address = CanonicalAddress(parsed->host);
  return address == "::1" || absl::StartsWith(address, "127.");
}

}  // namespace

absl::StatusOr<std::string> ReadAuthToken(const std::string& token_file) {
  const std::string from_environment = TakeEnv(kVariable);
  if (token_file.empty()) {
    return from_environment.empty() ? "" : CheckToken(from_environment, kVariable);
  }
  if (!from_environment.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--token_file and ", kVariable, " are both given; give one of them"));
  }
  const absl::StatusOr<std::string> text = ReadFile(token_file);
  if (!text.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("flag --token_file: ", text.status().message()));
  }
  absl::string_view line = *text;
  if (absl::ConsumeSuffix(&line, "\n")) absl::ConsumeSuffix(&line, "\r");
  return CheckToken(line, absl::StrCat("flag --token_file: '", token_file, "'"));
}

bool IsLocalTarget(absl::string_view target) {
  if (absl::StartsWith(target, "unix:") || absl::StartsWith(target, "unix-abstract:")) return true;
  if (absl::ConsumePrefix(&target, "ipv4:") || absl::ConsumePrefix(&target, "ipv6:")) {
    const std::vector<absl::string_view> addresses = absl::StrSplit(target, ',');
    return std::all_of(addresses.begin(), addresses.end(), IsLoopback);
  }
  if (absl::ConsumePrefix(&target, "dns:")) absl::ConsumePrefix(&target, "///");
  return IsLoopback(target);
}

absl::Status CheckTokenIsSafe(absl::string_view token, absl::string_view target, bool tls,
                              bool insecure) {
  if (token.empty() || tls || insecure || IsLocalTarget(target)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the bearer token would go to '", target,
                   "' in plain text: use --tls, or --insecure_token where nobody is in the way"));
}

}  // namespace openvidu::token
