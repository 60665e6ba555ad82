#include "net/tls_client.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/read_file.h"

namespace openvidu::token {
namespace {

bool IsAddress(const std::string& host) {
  in6_addr buffer{};
  return inet_pton(AF_INET, host.c_str(), &buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

/// Whether there is one at least.
bool AddAuthorities(const std::string& pem, X509_STORE* store) {
  const std::unique_ptr<BIO, void (*)(BIO*)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  bool added = false;
  while (X509* const certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    added = X509_STORE_add_cert(store, certificate) == 1 || added;
    X509_free(certificate);
  }
  ERR_clear_error();
  return added;
}

}  // namespace

TlsClient::TlsClient() : context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // The request stays where it is, but what is left of it begins elsewhere.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_sess_set_new_cb(context, KeepSession);
}

int TlsClient::KeepSession(SSL* tls, SSL_SESSION* session) {
  auto* const self = static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)));
  self->session_.reset(session);
  return 1;  // the reference is ours now
}

absl::StatusOr<std::unique_ptr<TlsClient>> TlsClient::Create(const std::string& ca_file,
                                                             bool verify) {
  std::unique_ptr<TlsClient> client(new TlsClient());
  if (!verify) return client;
  SSL_CTX* const context = client->context_.get();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return client;
  }
  const absl::StatusOr<std::string> pem = ReadFile(ca_file);
  if (!pem.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("the CA file: ", pem.status().message()));
  }
  if (!AddAuthorities(*pem, SSL_CTX_get_cert_store(context))) {
    return absl::InvalidArgumentError(
        absl::StrCat("the CA file '", ca_file, "' holds no PEM certificate"));
  }
  return client;
}

Tls TlsClient::Connect(const std::string& host) {
  Tls tls(SSL_new(context_.get()));
  X509_VERIFY_PARAM* const expected = SSL_get0_param(tls.get());
  if (IsAddress(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str());
  } else {
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
    SSL_set_tlsext_host_name(tls.get(), host.c_str());
  }
  SSL_set_connect_state(tls.get());
  if (session_ != nullptr) SSL_set_session(tls.get(), session_.get());
  return tls;
}

}  // namespace openvidu::token
