#include "client/token_channel.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/host_port.h"
#include "net/tls_key_pair.h"

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
constexpr char kAnyHealthServiceConfig[] = R"({"loadBalancingConfig": [{"round_robin": {}}]})";

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

// How often the files of certificates are looked at.
constexpr unsigned kRefreshSeconds = 1;

// Without a port gRPC would silently take 443.
bool IsTarget(absl::string_view address) {
  for (const absl::string_view scheme : {"dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:"}) {
    if (absl::StartsWith(address, scheme)) return address.size() > scheme.size();
  }
  const absl::StatusOr<HostPort> host_port = ParseHostPort(address);
  return host_port.ok() && !host_port->host.empty() && host_port->port != 0;
}

grpc::ChannelArguments Arguments(bool any_health) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetServiceConfigJSON(any_health ? kAnyHealthServiceConfig : kServiceConfig);
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

bool HasCertificate(const TokenClientOptions& options) {
  return !options.cert_file.empty() || !options.key_file.empty();
}

// By their default both verify the server's chain and its name.
std::shared_ptr<grpc::ChannelCredentials> Credentials(const TokenClientOptions& options) {
  if (!options.tls) return grpc::InsecureChannelCredentials();
  if (options.ca_file.empty() && !HasCertificate(options)) return grpc::SslCredentials({});
  grpc::experimental::TlsChannelCredentialsOptions tls;
  tls.set_certificate_provider(std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      options.key_file, options.cert_file, options.ca_file, kRefreshSeconds));
  if (!options.ca_file.empty()) tls.watch_root_certs();
  if (HasCertificate(options)) tls.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(tls);
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
  if (options.tls && !options.ca_file.empty()) {
    const absl::Status roots = ReadCertificates(options.ca_file).status();
    if (!roots.ok()) mistakes.push_back(absl::StrCat("the CA file: ", roots.message()));
  }
  if (!options.tls && HasCertificate(options)) {
    mistakes.emplace_back("a client certificate is given, but TLS to the server is off");
  } else if (options.cert_file.empty() != options.key_file.empty()) {
    mistakes.emplace_back("the client certificate's file and its key's need each other");
  } else if (HasCertificate(options)) {
    const absl::Status pair = ReadTlsKeyPair({options.cert_file, options.key_file}).status();
    if (!pair.ok()) mistakes.push_back(absl::StrCat("the client certificate: ", pair.message()));
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));

  return grpc::CreateCustomChannel(options.server_address, Credentials(options),
                                   Arguments(options.any_health));
}

}  // namespace openvidu::token
