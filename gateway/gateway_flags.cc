#include "gateway/gateway_flags.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/string_view.h"
#include "common/environment.h"

namespace openvidu::token {
namespace {

struct TlsFlag {
  std::optional<TlsMode> mode;
};

struct UiFlag {
  std::optional<bool> on;
};

bool AbslParseFlag(absl::string_view text, UiFlag* flag, std::string* error) {
  flag->on = text.empty() ? std::nullopt : std::optional<bool>(text == "on");
  if (text.empty() || text == "on" || text == "off") return true;
  *error = "it is on or off";
  return false;
}

std::string AbslUnparseFlag(const UiFlag& flag) {
  return !flag.on.has_value() ? "" : *flag.on ? "on" : "off";
}

struct Row {
  absl::string_view text;
  std::optional<TlsMode> mode;
};

constexpr Row kRows[] = {{"", std::nullopt},
                         {"off", TlsMode::kOff},
                         {"auto", TlsMode::kAuto},
                         {"required", TlsMode::kRequired}};

bool AbslParseFlag(absl::string_view text, TlsFlag* flag, std::string* error) {
  for (const Row& row : kRows) {
    if (row.text != text) continue;
    flag->mode = row.mode;
    return true;
  }
  *error = "it is off, auto or required";
  return false;
}

std::string AbslUnparseFlag(const TlsFlag& flag) {
  for (const Row& row : kRows) {
    if (row.mode == flag.mode) return std::string(row.text);
  }
  return "";
}

}  // namespace
}  // namespace openvidu::token

ABSL_FLAG(
    std::string, cors_allowed_origins, "*",
    "Origins of the pages that may call from a browser, comma-separated, such as "
    "https://app.example.com, or https://*.example.com for all below example.com; * for any.");
ABSL_FLAG(openvidu::token::TlsFlag, tls, {},
          "Whether the HTTP port speaks TLS: off, auto (HTTPS and plain HTTP, told apart by the "
          "first byte) or required (HTTPS only). Empty: auto with --tls_cert_file, else off.");
ABSL_FLAG(std::string, tls_cert_file, "",
          "PEM certificate chain of the HTTP port; with --tls_key_file. When the files change, new "
          "connections get the new certificate. Empty: a self-signed one, for development.");
ABSL_FLAG(std::string, tls_key_file, "", "PEM private key of --tls_cert_file, not encrypted.");
ABSL_FLAG(
    std::string, tls_client_ca_file, "",
    "PEM file of the certificate authorities that HTTPS clients' certificates are verified by; "
    "a client may come without one. Empty: clients are asked for none.");
ABSL_FLAG(absl::Duration, hsts, absl::ZeroDuration(),
          "Time in which browsers that came by HTTPS are to use nothing else for this host "
          "(Strict-Transport-Security), such as 8760h. 0: they are not told so.");
ABSL_FLAG(std::string, tls_folder, openvidu::token::StateFolderFromEnv(),
          "Folder that the self-signed certificate is kept in; default: openvidu-token-service in "
          "$XDG_STATE_HOME or ~/.local/state.");
ABSL_FLAG(double, rate_limit, 0,
          "Requests a second that one client address may make; more are answered 429. An IPv6 "
          "client counts by its /64. 0: no limit.");
ABSL_FLAG(int, rate_limit_burst, 20, "Requests that it may make at once after a time without any.");
ABSL_FLAG(std::string, trusted_proxies, "",
          "Networks of the proxies whose X-Forwarded-For tells the client's address, "
          "comma-separated, such as 10.0.0.0/8,fd00::/8.");
ABSL_FLAG(openvidu::token::UiFlag, ui, {},
          "on or off: whether there are a try-it page, at / or, with --static_dir, at /_try, and the "
          "API's documentation, at /docs. Empty: on in token-standalone, off in token-gateway.");
ABSL_FLAG(std::string, static_dir, "",
          "Folder of a front-end, whose files are served at /; not those that start with a dot nor "
          "anything outside of it. Empty: none.");
ABSL_FLAG(uint64_t, max_body_bytes, 1 << 20, "Largest request body; a larger one is answered 413.");
ABSL_FLAG(uint64_t, max_http_connections, 20000,
          "Client connections at once; more are answered 503.");
ABSL_FLAG(uint64_t, max_pending_requests, 4096,
          "Requests at once that wait for their answer; more are answered 503.");

namespace openvidu::token {
namespace {

TlsMode ModeFromFlags() {
  const std::optional<TlsMode> asked = absl::GetFlag(FLAGS_tls).mode;
  if (asked.has_value()) return *asked;
  const bool has_files =
      !absl::GetFlag(FLAGS_tls_cert_file).empty() || !absl::GetFlag(FLAGS_tls_key_file).empty();
  return has_files ? TlsMode::kAuto : TlsMode::kOff;
}

}  // namespace

GatewayOptions GatewayOptionsFromFlags(bool ui_by_default) {
  GatewayOptions options;
  options.cors_allowed_origins = absl::GetFlag(FLAGS_cors_allowed_origins);
  options.rate_limit.rate = absl::GetFlag(FLAGS_rate_limit);
  options.rate_limit.burst = absl::GetFlag(FLAGS_rate_limit_burst);
  options.trusted_proxies = absl::GetFlag(FLAGS_trusted_proxies);
  options.site.ui = absl::GetFlag(FLAGS_ui).on.value_or(ui_by_default);
  options.site.static_dir = absl::GetFlag(FLAGS_static_dir);
  options.http.tls_mode = ModeFromFlags();
  options.http.tls.files = {absl::GetFlag(FLAGS_tls_cert_file), absl::GetFlag(FLAGS_tls_key_file)};
  options.http.tls.client_ca_file = absl::GetFlag(FLAGS_tls_client_ca_file);
  options.http.hsts = absl::GetFlag(FLAGS_hsts);
  options.http.tls.self_signed_folder = absl::GetFlag(FLAGS_tls_folder);
  options.http.limits.max_body_bytes = absl::GetFlag(FLAGS_max_body_bytes);
  options.http.max_connections = absl::GetFlag(FLAGS_max_http_connections);
  options.http.max_pending_requests = absl::GetFlag(FLAGS_max_pending_requests);
  return options;
}

}  // namespace openvidu::token
