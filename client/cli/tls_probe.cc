#include "client/cli/tls_probe.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "net/certificate_names.h"
#include "net/tls_client.h"
#include "net/tls_key_pair.h"
#include "net/tls_transport.h"

namespace openvidu::token {
namespace {

std::string NameOf(const X509_NAME* name) {
  const std::unique_ptr<BIO, void (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string LastError() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? "the other end closed the connection" : reason;
}

TlsReport* ReportOf(const SSL* tls) { return static_cast<TlsReport*>(SSL_get_app_data(tls)); }

/// Takes a certificate's fault down, and goes on.
int TakeFault(int ok, X509_STORE_CTX* store) {
  if (ok == 1) return 1;
  const int code = X509_STORE_CTX_get_error(store);
  const auto* const tls =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  X509* const certificate = X509_STORE_CTX_get_current_cert(store);
  ReportOf(tls)->faults.push_back(
      {code, X509_verify_cert_error_string(code),
       certificate == nullptr ? "" : NameOf(X509_get_subject_name(certificate))});
  return 1;
}

int NoteRequest(SSL* tls, void* /*unused*/) {
  ReportOf(tls)->wants_client_certificate = true;
  return 1;
}

absl::Status ShowCertificate(SSL* tls, const TlsProbeOptions& options) {
  if (options.cert_file.empty()) return absl::OkStatus();
  const auto pair = ReadTlsKeyPair({options.cert_file, options.key_file});
  if (!pair.ok()) return pair.status();
  SSL_use_certificate(tls, pair->chain.front().get());
  SSL_use_PrivateKey(tls, pair->key.get());
  return absl::OkStatus();
}

void Describe(const SSL* tls, TlsReport& report) {
  report.version = SSL_get_version(tls);
  const unsigned char* protocol = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(tls, &protocol, &size);
  report.agrees_on_http2 = size == 2 && protocol[0] == 'h' && protocol[1] == '2';
  X509* const certificate = SSL_get0_peer_certificate(tls);
  if (certificate == nullptr) return;
  report.subject = NameOf(X509_get_subject_name(certificate));
  report.issuer = NameOf(X509_get_issuer_name(certificate));
  report.names = NamesOfCertificate(certificate);
  report.expires = absl::InfiniteFuture();
  STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(tls);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    report.expires = std::min(report.expires, TimeOf(X509_get0_notAfter(sk_X509_value(chain, i))));
  }
}

}  // namespace

absl::StatusOr<TlsReport> ProbeTls(int fd, const TlsProbeOptions& options) {
  const auto client = TlsClient::Create(options.ca_file, true);
  if (!client.ok()) return client.status();
  const Tls connection = (*client)->Connect(options.host);
  SSL* const tls = connection.get();
  TlsReport report;
  SSL_set_app_data(tls, &report);
  SSL_set_verify(tls, SSL_VERIFY_NONE, TakeFault);
  SSL_set_cert_cb(tls, NoteRequest, nullptr);
  if (absl::Status mistake = ShowCertificate(tls, options); !mistake.ok()) return mistake;
  static constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  if (options.http2) SSL_set_alpn_protos(tls, kHttp2, sizeof kHttp2);
  SSL_set_fd(tls, fd);
  ERR_clear_error();
  if (SSL_connect(tls) != 1) return absl::UnavailableError(LastError());
  Describe(tls, report);
  SSL_shutdown(tls);
  return report;
}

}  // namespace openvidu::token
