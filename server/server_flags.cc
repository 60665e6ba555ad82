#include "server/server_flags.h"

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/environment.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/secret.h"

ABSL_FLAG(std::string, openvidu_url,
          openvidu::token::EnvOr("OPENVIDU_URL", "http://localhost:4443"),
          "Base URL of OpenVidu, http:// or https://, with a sub-path if it has one; default: "
          "$OPENVIDU_URL.");
ABSL_FLAG(
    std::string, openvidu_urls, openvidu::token::EnvOr("OPENVIDU_URLS", ""),
    "Base URLs of several OpenVidu deployments, with commas: each has the sessions that their "
    "ids give it, and one that cannot be reached is passed over. They share the secret. In "
    "place of --openvidu_url; default: $OPENVIDU_URLS.");
ABSL_FLAG(std::string, openvidu_ca_file, "",
          "PEM file of the certificate authorities that OpenVidu's certificate is verified by; "
          "empty: the system's.");
ABSL_FLAG(bool, openvidu_insecure_tls, false,
          "Does not verify OpenVidu's certificate. Whoever is in the way can then read the secret; "
          "for development only.");
ABSL_FLAG(int, openvidu_max_connections, 64,
          "Connections to OpenVidu, and so requests to it at once, at most.");
ABSL_FLAG(int, openvidu_max_in_flight, 0,
          "Requests to OpenVidu at once; 0: as many as it is measured to work on, and few more.");
ABSL_FLAG(absl::Duration, openvidu_max_queue_delay, absl::Milliseconds(50),
          "Longest time that requests wait for their turn when OpenVidu is overloaded, or three "
          "quarters of what it takes for one, if that is more; more are refused at once.");
ABSL_FLAG(absl::Duration, openvidu_burst_window, absl::Milliseconds(100),
          "What comes within this time after OpenVidu was idle waits for its turn, however much.");
ABSL_FLAG(absl::Duration, openvidu_suspect_after, absl::Seconds(5),
          "A connection to OpenVidu that was idle for longer gets no request that must not be "
          "carried out twice: a fresh one is made.");
ABSL_FLAG(absl::Duration, request_timeout, absl::Seconds(20),
          "Longest time for one call; a caller's own deadline counts where it is sooner.");
ABSL_FLAG(absl::Duration, drain_delay, absl::ZeroDuration(),
          "Time after SIGTERM or SIGINT in which it says that it is not ready and serves all the "
          "same, so that callers notice and go elsewhere.");
ABSL_FLAG(
    absl::Duration, shutdown_grace, absl::Seconds(30),
    "Time that calls under way then get to finish. A second signal ends the program at once.");
ABSL_FLAG(
    std::string, grpc_tls_cert_file, "",
    "PEM certificate chain to serve gRPC over TLS by; with --grpc_tls_key_file. When the files "
    "change, new connections get the new certificate. Empty: plain.");
ABSL_FLAG(std::string, grpc_tls_key_file, "", "PEM private key of --grpc_tls_cert_file.");
ABSL_FLAG(
    std::string, grpc_tls_client_ca_file, "",
    "PEM file of the certificate authorities that gRPC clients' certificates are verified by. "
    "Empty: clients are asked for none.");
ABSL_FLAG(bool, grpc_tls_require_client_cert, false,
          "Refuses gRPC clients that show no certificate; with --grpc_tls_client_ca_file.");
ABSL_FLAG(std::string, trusted_gateways, "",
          "Names in the client certificates of the gateways whose word is taken about who calls, "
          "comma-separated, such as dns:gateway.internal,uri:spiffe://example.com/gateway, or "
          "dns:*.DOMAIN; with --grpc_tls_client_ca_file.");
ABSL_FLAG(absl::Duration, grpc_max_connection_age, absl::Minutes(30),
          "Age at which a gRPC connection is given up, once its calls have ended, so that its "
          "client finds other replicas too. 0: none.");
ABSL_FLAG(std::string, auth, "none",
          "How callers show who they are, with commas: jwt (a bearer token), mtls (a client "
          "certificate), none (who presents nothing is anonymous). docs/authentication.md.");
ABSL_FLAG(std::string, jwt_keys_file, "",
          "Keys that tokens are verified by: a JWK Set, or one public key as PEM. Read again when "
          "it changes.");
ABSL_FLAG(std::string, jwt_jwks_url, "",
          "The same, as the JWK Set that an identity provider publishes: https://, or http:// on "
          "this machine.");
ABSL_FLAG(std::string, jwt_jwks_ca_file, "",
          "PEM file of the certificate authorities that --jwt_jwks_url is verified by; empty: the "
          "system's.");
ABSL_FLAG(absl::Duration, jwt_jwks_refresh, absl::Minutes(5),
          "From one fetch of --jwt_jwks_url to the next; a token with an unknown key id fetches it "
          "sooner.");
ABSL_FLAG(absl::Duration, jwt_jwks_max_staleness, absl::Hours(24),
          "How long the keys are used while --jwt_jwks_url cannot be fetched.");
ABSL_FLAG(std::string, jwt_hmac_key_file, "",
          "The secret that HS256 tokens are verified by, 32 bytes or more. Read again when it "
          "changes.");
ABSL_FLAG(std::string, jwt_issuer, "", "The 'iss' that tokens must have.");
ABSL_FLAG(std::string, jwt_audience, "",
          "The 'aud' that tokens must have one of, with commas: the name of this service at the "
          "identity provider.");
ABSL_FLAG(
    std::string, jwt_algorithms, "RS256,PS256,ES256,EdDSA,HS256",
    "The 'alg' that tokens may have, with commas, of RS256, RS384, RS512, PS256, PS384, PS512, "
    "ES256, ES384, ES512, EdDSA (Ed25519) and HS256. The type of a key decides which of them it is "
    "used with.");
ABSL_FLAG(absl::Duration, jwt_clock_skew, absl::Seconds(30),
          "How far the clock of the issuer of tokens may be off.");
ABSL_FLAG(
    std::string, mtls_allowed_names, "",
    "The names in client certificates that identify callers, with commas: dns:, uri:, email:, "
    "ip: or cn: and the name, or dns:*.DOMAIN.");
ABSL_FLAG(std::string, policy, "",
          "Who may ask for what: a policy file (docs/policy.md), read again when it changes; "
          "'sample': everybody for everything, as in OpenVidu's samples, for tests. Empty: "
          "everybody may publish and subscribe, nobody may moderate or have cameras opened.");
ABSL_FLAG(double, subject_rate_limit, 0,
          "Requests a second that one authenticated caller may make; more are refused. 0: no "
          "limit.");
ABSL_FLAG(int, subject_rate_limit_burst, 20,
          "Requests that it may make at once after a time without any.");
ABSL_FLAG(std::string, audit_log, "off",
          "Where a line of JSON goes for each call: who asked for what, and what came of it; "
          "stderr, stdout, a file's path, or off.");

namespace openvidu::token {
namespace {

std::vector<std::string> ListOf(const std::string& text) {
  std::vector<std::string> list;
  for (absl::string_view part : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    list.emplace_back(absl::StripAsciiWhitespace(part));
  }
  return list;
}

AuthenticatorOptions AuthenticatorOptionsFromFlags() {
  AuthenticatorOptions options;
  options.methods = ListOf(absl::GetFlag(FLAGS_auth));
  options.jwt_keys_file = absl::GetFlag(FLAGS_jwt_keys_file);
  options.jwt_hmac_key_file = absl::GetFlag(FLAGS_jwt_hmac_key_file);
  options.jwt_keys_url.url = absl::GetFlag(FLAGS_jwt_jwks_url);
  options.jwt_keys_url.ca_file = absl::GetFlag(FLAGS_jwt_jwks_ca_file);
  options.jwt_keys_url.refresh = absl::GetFlag(FLAGS_jwt_jwks_refresh);
  options.jwt_keys_url.max_staleness = absl::GetFlag(FLAGS_jwt_jwks_max_staleness);
  options.jwt.issuer = absl::GetFlag(FLAGS_jwt_issuer);
  options.jwt.audiences = ListOf(absl::GetFlag(FLAGS_jwt_audience));
  options.jwt.algorithms = ListOf(absl::GetFlag(FLAGS_jwt_algorithms));
  options.jwt.clock_skew = absl::GetFlag(FLAGS_jwt_clock_skew);
  options.mtls_allowed_names = ListOf(absl::GetFlag(FLAGS_mtls_allowed_names));
  return options;
}

}  // namespace

absl::StatusOr<TokenServerOptions> ServerOptionsFromFlags(const std::string& listen_address,
                                                          bool emulate) {
  TokenServerOptions options;
  options.listen_address = listen_address;
  options.openvidu.url = absl::GetFlag(FLAGS_openvidu_url);
  options.openvidu.urls = ListOf(absl::GetFlag(FLAGS_openvidu_urls));
  options.openvidu.ca_file = absl::GetFlag(FLAGS_openvidu_ca_file);
  options.openvidu.insecure_tls = absl::GetFlag(FLAGS_openvidu_insecure_tls);
  options.openvidu.max_connections = absl::GetFlag(FLAGS_openvidu_max_connections);
  options.openvidu.max_in_flight = absl::GetFlag(FLAGS_openvidu_max_in_flight);
  options.openvidu.max_queue_delay = absl::GetFlag(FLAGS_openvidu_max_queue_delay);
  options.openvidu.burst_window = absl::GetFlag(FLAGS_openvidu_burst_window);
  options.openvidu.suspect_after = absl::GetFlag(FLAGS_openvidu_suspect_after);
  options.request_timeout = absl::GetFlag(FLAGS_request_timeout);
  options.tls.files = {absl::GetFlag(FLAGS_grpc_tls_cert_file),
                       absl::GetFlag(FLAGS_grpc_tls_key_file)};
  options.tls.client_ca_file = absl::GetFlag(FLAGS_grpc_tls_client_ca_file);
  options.tls.require_client_cert = absl::GetFlag(FLAGS_grpc_tls_require_client_cert);
  options.trusted_gateways = ListOf(absl::GetFlag(FLAGS_trusted_gateways));
  options.max_connection_age = absl::GetFlag(FLAGS_grpc_max_connection_age);
  options.access.authentication = AuthenticatorOptionsFromFlags();
  options.access.policy.policy = absl::GetFlag(FLAGS_policy);
  options.access.audit_log = absl::GetFlag(FLAGS_audit_log);
  options.access.subject_limit.rate = absl::GetFlag(FLAGS_subject_rate_limit);
  options.access.subject_limit.burst = absl::GetFlag(FLAGS_subject_rate_limit_burst);
  if (options.access.policy.is_sample()) {
    LogWarning("POLICY: sample: everybody may moderate, and have OpenVidu open any address");
  }
  if (options.openvidu.insecure_tls) {
    LogWarning("TLS verification is OFF: whoever is in the way to OpenVidu can read its secret");
  }

  if (emulate) ForgetOpenViduSecret();
  absl::StatusOr<std::string> secret = emulate ? "unset" : ReadOpenViduSecret();
  // A missing secret shall not hide the other mistakes.
  options.openvidu.secret = secret.ok() ? *secret : "unset";
  if (!emulate) options.openvidu.secret_file = OpenViduSecretFile();
  if (emulate) {
    options.openvidu.url = "http://localhost";
    options.openvidu.urls = {};
  }
  absl::Status mistakes =
      AllMistakes({secret.status(), TokenServer::Check(options),
                   CheckNotNegative("drain_delay", absl::GetFlag(FLAGS_drain_delay)),
                   CheckNotNegative("shutdown_grace", absl::GetFlag(FLAGS_shutdown_grace))});
  if (!mistakes.ok()) return mistakes;
  return options;
}

}  // namespace openvidu::token
