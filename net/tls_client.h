#ifndef NET_TLS_CLIENT_H_
#define NET_TLS_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "net/tls_transport.h"

namespace openvidu::token {

/// Makes TLS connections to one server: TLS 1.2 or later. Resumes the last session where the server
/// lets it, which spares both sides a full handshake. Connect() of one thread only.
class TlsClient {
 public:
  /// Certificates are verified by `ca_file` (the system's where empty) if `verify`.
  /// Errors: kInvalidArgument (the file cannot be read or holds no certificate).
  static absl::StatusOr<std::unique_ptr<TlsClient>> Create(const std::string& ca_file, bool verify);

  /// Makes one connection's state: names `host` to the server and, where certificates are verified,
  /// expects one for `host`, a name or an address.
  Tls Connect(const std::string& host);

 private:
  TlsClient();
  static int KeepSession(SSL* tls, SSL_SESSION* session);

  const TlsContext context_;
  TlsSession session_;  // of the last full or resumed handshake
};

}  // namespace openvidu::token

#endif  // NET_TLS_CLIENT_H_
