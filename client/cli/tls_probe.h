#ifndef CLIENT_CLI_TLS_PROBE_H_
#define CLIENT_CLI_TLS_PROBE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// How to look at a server's TLS.
struct TlsProbeOptions {
  std::string host;       ///< The name or address that its certificate has to be for.
  std::string ca_file;    ///< Who may vouch for it; empty: the system's.
  std::string cert_file;  ///< What the client proves itself by; empty: nothing.
  std::string key_file;
  bool http2 = false;  ///< Whether it has to agree on HTTP/2, as gRPC does.
};

/// One thing that is wrong with a server's certificate, or with one that vouches for it.
struct CertificateFault {
  int code = 0;         ///< OpenSSL's, X509_V_ERR_…
  std::string text;     ///< OpenSSL's word for it.
  std::string subject;  ///< Of the certificate.
};

/// What a server's TLS is like.
struct TlsReport {
  std::string version;  ///< "TLSv1.3"
  std::string subject;  ///< Of its certificate, such as "CN=token.example".
  std::string issuer;
  std::vector<std::string> names;         ///< That its certificate is for, as "dns:token.example".
  absl::Time expires;                     ///< When the first certificate of the chain does.
  std::vector<CertificateFault> faults;   ///< Empty: it can be trusted.
  bool wants_client_certificate = false;  ///< It asks for one, and may do without.
  bool agrees_on_http2 = false;
};

/// Shakes hands over the connected socket `fd`, whatever the certificate, and tells what there is.
/// Sends no data. Waits as long as the socket's own timeouts. Errors: kInvalidArgument (a file of
/// the options), kUnavailable (no TLS comes about; says why).
absl::StatusOr<TlsReport> ProbeTls(int fd, const TlsProbeOptions& options);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_TLS_PROBE_H_
