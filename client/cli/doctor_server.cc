#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/doctor.h"
#include "client/cli/endpoint_checks.h"
#include "client/cli/health.h"
#include "client/cli/report.h"
#include "common/host_port.h"

namespace openvidu::token {
namespace {

/// The host:port of a gRPC target, several where it lists some; none where it has none, as a Unix
/// socket.
std::vector<HostPort> AddressesOf(absl::string_view target) {
  const bool listed =
      absl::ConsumePrefix(&target, "ipv4:") || absl::ConsumePrefix(&target, "ipv6:");
  if (!listed && absl::ConsumePrefix(&target, "dns:") && absl::ConsumePrefix(&target, "//")) {
    target.remove_prefix(std::min(target.find('/') + 1, target.size()));  // the DNS server's name
  }
  std::vector<HostPort> addresses;
  for (const absl::string_view part : absl::StrSplit(target, ',')) {
    const absl::StatusOr<HostPort> address = ParseHostPort(part);
    if (address.ok() && !address->host.empty()) addresses.push_back(*address);
  }
  return addresses;
}

/// Whether TLS is spoken at a place that is to be called in plain.
bool SpeaksTls(const HostPort& address, absl::Duration timeout) {
  std::string why;
  const int fd = ConnectTcp(address, timeout, why);
  if (fd < 0) return false;
  const bool speaks = ProbeTls(fd, {.host = address.host, .http2 = true}).ok();
  close(fd);
  return speaks;
}

bool CheckAddresses(const TokenClientOptions& options, Findings& findings) {
  const std::vector<HostPort> addresses = AddressesOf(options.server_address);
  bool any = addresses.empty();
  for (const HostPort& address : addresses) {
    const Endpoint endpoint = {
        .address = address,
        .tls = options.tls,
        .tls_options = {.host = address.host,
                        .ca_file = options.ca_file,
                        .cert_file = options.cert_file,
                        .key_file = options.key_file,
                        .http2 = true},
        .ca_flag = "--ca_file",
        .tls_advice =
            "does the server speak TLS? Where it has no --grpc_tls_cert_file, leave out "
            "--tls",
        .timeout = options.timeout};
    any = CheckEndpoint(endpoint, findings) || any;
  }
  return any;
}

void CheckCall(TokenClient& client, std::shared_ptr<const Caller> caller, Findings& findings) {
  // An empty id is refused before OpenVidu is asked, and after the caller is known.
  const absl::Status status =
      client.CreateConnection("", {}, {.caller = std::move(caller)}).status();
  const std::string what =
      absl::StrCat(status.message(), " (", absl::StatusCodeToString(status.code()), ")");
  if (absl::IsInvalidArgument(status)) {
    findings.Ok("calls", "openvidu.token.v1.TokenService answers this caller");
  } else if (absl::IsPermissionDenied(status)) {
    findings.Warn("calls", what, AdviceFor(status));
  } else if (absl::IsUnimplemented(status)) {
    findings.Fail("calls", absl::StrCat("there is no openvidu.token.v1.TokenService: ", what),
                  "is it a token-server, of the version that this program is of?");
  } else {
    findings.Fail("calls", what, AdviceFor(status));
  }
}

}  // namespace

void CheckTokenServer(const TokenClientOptions& options, std::shared_ptr<const Caller> caller,
                      Findings& findings) {
  findings.Begin(absl::StrCat("token server ", options.server_address));
  if (!CheckAddresses(options, findings)) return;
  TokenClientOptions of_any_health = options;
  of_any_health.any_health = true;
  const auto channel = MakeTokenChannel(of_any_health);
  if (!channel.ok())
    return findings.Fail("gRPC", std::string(channel.status().message()), "set the flags right");
  const absl::StatusOr<std::string> health = HealthOf(*channel, options.timeout);
  if (!health.ok()) {
    std::string advice = "is it a token-server? Its log may say more";
    const std::vector<HostPort> addresses = AddressesOf(options.server_address);
    if (!options.tls && !addresses.empty() && SpeaksTls(addresses[0], options.timeout)) {
      advice = "the server speaks TLS: give --tls";
    }
    return findings.Fail("health", std::string(health.status().message()), advice);
  }
  if (*health == "SERVING") {
    findings.Ok("health", *health);
  } else {
    findings.Fail("health", *health, "the server takes no calls: it may be about to stop");
  }
  TokenClient client(*channel, options.timeout);
  CheckCall(client, std::move(caller), findings);
}

}  // namespace openvidu::token
