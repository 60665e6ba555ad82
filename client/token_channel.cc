#include "client/token_channel.h"

#include <grpcpp/grpcpp.h>

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/host_port.h"
#include "common/read_file.h"

namespace openvidu::token {
namespace {

// An answer is small, but a caller's data comes back in it.
constexpr int kMaxMessageBytes = 16 * 1024 * 1024;

// All addresses in turn, and only those whose health service says that they want calls: a server
// that drains says so before it stops.
constexpr char kServiceConfig[] = R"({
  "loadBalancingConfig": [{"round_robin": {}}],
  "healthCheckConfig": {"serviceName": "openvidu.token.v1.TokenService"}
})";

// A server that starts a moment later is not kept waiting for gRPC's second, and one that comes
// back later is found in two.
constexpr int kFirstReconnectMs = 50;
constexpr int kLastReconnectMs = 2000;
constexpr int kConnectTimeoutMs = 5000;
// A name is looked up again when a connection ends, but not more often than that.
constexpr int kLookupIntervalMs = 5000;
// A server that went without a word is missed after both, while calls wait for it.
constexpr int kKeepaliveMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;

// Without a port gRPC would silently take 443.
bool IsTarget(absl::string_view address) {
  for (const absl::string_view scheme : {"dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:"}) {
    if (absl::StartsWith(address, scheme)) return address.size() > scheme.size();
  }
  const absl::StatusOr<HostPort> host_port = ParseHostPort(address);
  return host_port.ok() && !host_port->host.empty() && host_port->port != 0;
}

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetServiceConfigJSON(kServiceConfig);
  // What may be repeated is decided by who knows what it does: see the RPCs' comments. gRPC's own
  // repetition of what no server has seen would hardly help: a call that meets a server just as it
  // stops ends with CANCELLED, of which gRPC cannot tell whether it was seen. So a server that is
  // about to stop is not called (kServiceConfig), and there is nothing to send again.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // The environment's web proxy is not for calls within an organisation.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLastReconnectMs);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, kLookupIntervalMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // as many as keepalive needs
  return arguments;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeTokenChannel(const TokenClientOptions& options) {
  std::vector<std::string> mistakes;
  if (!IsTarget(options.server_address)) {
    mistakes.push_back(
        absl::StrCat("the server address '", options.server_address,
                     "' is neither host:port nor a gRPC target such as dns:///host:port"));
  }
  if (options.timeout <= absl::ZeroDuration())
    mistakes.emplace_back("the timeout must be above zero");
  if (!options.ca_file.empty() && !options.tls) {
    mistakes.emplace_back("a CA file is given, but TLS to the server is off");
  }
  grpc::SslCredentialsOptions ssl;
  if (options.tls && !options.ca_file.empty()) {
    absl::StatusOr<std::string> roots = ReadFile(options.ca_file);
    if (!roots.ok()) {
      mistakes.push_back(absl::StrCat("the CA file: ", roots.status().message()));
    } else if (!absl::StrContains(*roots, "-----BEGIN CERTIFICATE-----")) {
      mistakes.push_back(
          absl::StrCat("the CA file '", options.ca_file, "' holds no PEM certificate"));
    } else {
      ssl.pem_root_certs = *std::move(roots);
    }
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));

  return grpc::CreateCustomChannel(
      options.server_address,
      options.tls ? grpc::SslCredentials(ssl) : grpc::InsecureChannelCredentials(), Arguments());
}

}  // namespace openvidu::token
