#include "server/openvidu/tls_context.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

bool IsAddress(const std::string& host) {
  in6_addr buffer{};
  return inet_pton(AF_INET, host.c_str(), &buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

}  // namespace

absl::StatusOr<TlsContext> MakeTlsContext(const std::string& ca_file, bool verify) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Our stream buffers, so a partly written record may move.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (!verify) return context;

  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const int loaded = ca_file.empty()
                         ? SSL_CTX_set_default_verify_paths(context.get())
                         : SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr);
  ERR_clear_error();
  if (loaded != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("the CA file '", ca_file, "' cannot be read or holds no PEM certificate"));
  }
  return context;
}

Tls MakeTls(SSL_CTX* context, const std::string& host) {
  Tls tls(SSL_new(context));
  X509_VERIFY_PARAM* expected = SSL_get0_param(tls.get());
  if (IsAddress(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str());
  } else {
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
    SSL_set_tlsext_host_name(tls.get(), host.c_str());
  }
  return tls;
}

}  // namespace openvidu::token
