#include "net/tls_server.h"

#include <openssl/err.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/log.h"
#include "net/self_signed_certificate.h"

namespace openvidu::token {
namespace {

// HTTP/1.1 and nothing else. Who offers other protocols only would be misunderstood (RFC 7301 3.2).
int ChooseProtocol(SSL* /*tls*/, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned int offered_size, void* /*data*/) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  const int found = SSL_select_next_proto(const_cast<unsigned char**>(chosen), chosen_size, kOurs,
                                          sizeof(kOurs) - 1, offered, offered_size);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

TlsContext MakeContext() {
  TlsContext made(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const context = made.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Of TLS 1.2. Those of 1.3 are all good.
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  // What is left of an answer begins elsewhere. An idle connection keeps no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);  // one system call takes a whole request
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets need none
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  return made;
}

// Such as an RSA key of 1024 bits.
absl::Status Refused(const TlsFiles& files) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat("OpenSSL refuses the certificate in '",
                                                 files.cert_file,
                                                 "': ", reason != nullptr ? reason : "unknown"));
}

/// Has clients verified by the authorities in `path`.
absl::Status VerifyClients(const std::string& path, SSL_CTX* context) {
  const absl::StatusOr<std::vector<X509Certificate>> authorities = ReadCertificates(path);
  if (!authorities.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tls_client_ca_file: ", authorities.status().message()));
  }
  for (const X509Certificate& authority : *authorities) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get());
    SSL_CTX_add_client_CA(context, authority.get());  // tells a client which of its own to show
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // Without it OpenSSL ends a handshake that resumes the session of a verified client. Tickets are
  // sealed by keys of this context only: one that another set of authorities let in opens nothing.
  static constexpr unsigned char kSessions[] = "openvidu-token-service";
  SSL_CTX_set_session_id_context(context, kSessions, sizeof(kSessions) - 1);
  return absl::OkStatus();
}

absl::StatusOr<TlsContext> LoadContext(const TlsFiles& files, const std::string& client_ca_file) {
  const absl::StatusOr<TlsKeyPair> pair = ReadTlsKeyPair(files);
  if (!pair.ok()) return pair.status();
  TlsContext context = MakeContext();
  ERR_clear_error();
  if (SSL_CTX_use_certificate(context.get(), pair->chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), pair->key.get()) != 1) {
    return Refused(files);
  }
  for (size_t i = 1; i < pair->chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context.get(), pair->chain[i].get()) != 1) return Refused(files);
  }
  if (!client_ca_file.empty()) {
    if (absl::Status status = VerifyClients(client_ca_file, context.get()); !status.ok()) {
      return status;
    }
  }
  return context;
}

}  // namespace

absl::Status TlsServer::Check(const TlsServerOptions& options) {
  const TlsFiles& files = options.files;
  if (files.cert_file.empty() != files.key_file.empty()) {
    return absl::InvalidArgumentError("tls_cert_file and tls_key_file need each other");
  }
  if (!files.cert_file.empty()) return LoadContext(files, options.client_ca_file).status();
  if (!options.self_signed_folder.empty()) {
    if (options.client_ca_file.empty()) return absl::OkStatus();
    return VerifyClients(options.client_ca_file, MakeContext().get());
  }
  return absl::InvalidArgumentError(
      "TLS needs tls_cert_file, or else tls_folder to keep a self-signed certificate in");
}

absl::StatusOr<std::unique_ptr<TlsServer>> TlsServer::Create(const TlsServerOptions& options,
                                                             Reactor& reactor) {
  if (absl::Status mistakes = Check(options); !mistakes.ok()) return mistakes;
  TlsFiles files = options.files;
  if (files.cert_file.empty()) {
    absl::StatusOr<TlsFiles> kept = KeepSelfSignedCertificate(options.self_signed_folder);
    if (!kept.ok()) return kept.status();
    files = *std::move(kept);
    LogWarning(
        absl::StrCat("TLS by a SELF-SIGNED certificate, for development: '", files.cert_file, "'"));
  }
  std::unique_ptr<TlsServer> server(new TlsServer(options, files, reactor));
  if (absl::Status loaded = server->Load(); !loaded.ok()) return loaded;
  server->watch_.Begin();
  return server;
}

TlsServer::TlsServer(const TlsServerOptions& options, const TlsFiles& files, Reactor& reactor)
    : files_(files),
      client_ca_file_(options.client_ca_file),
      watch_(reactor, {files.cert_file, files.key_file, options.client_ca_file},
             options.reload_interval, [this] { Reload(); }) {}

Tls TlsServer::Accept() {
  Tls tls(SSL_new(context_.get()));
  if (tls != nullptr) SSL_set_accept_state(tls.get());
  return tls;
}

absl::Time TlsServer::certificate_expires() const {
  return ExpiryOf(*SSL_CTX_get0_certificate(context_.get()));
}

absl::Status TlsServer::Load() {
  absl::StatusOr<TlsContext> context = LoadContext(files_, client_ca_file_);
  if (!context.ok()) return context.status();
  context_ = *std::move(context);
  const X509* const certificate = SSL_CTX_get0_certificate(context_.get());
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
    LogWarning(absl::StrCat("TLS: the certificate in '", files_.cert_file, "' has expired"));
  }
  return absl::OkStatus();
}

void TlsServer::Reload() {
  if (const absl::Status status = Load(); status.ok()) {
    LogInfo(absl::StrCat("TLS: new certificate from '", files_.cert_file, "'",
                         client_ca_file_.empty() ? "" : ", and new authorities of clients"));
  } else {
    LogError(absl::StrCat("TLS: the certificate before stays: ",
                          absl::StrReplaceAll(status.message(), {{"\n", "; "}})));
  }
}

}  // namespace openvidu::token
