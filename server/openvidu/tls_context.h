#ifndef SERVER_OPENVIDU_TLS_CONTEXT_H_
#define SERVER_OPENVIDU_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace openvidu::token {

struct TlsContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsContextDeleter>;

struct TlsDeleter {
  void operator()(SSL* tls) const { SSL_free(tls); }
};
using Tls = std::unique_ptr<SSL, TlsDeleter>;

/// Makes the settings of TLS connections to OpenVidu: TLS 1.2 or later, certificates verified by
/// `ca_file` (the system's where empty) if `verify`. Errors: kInvalidArgument (the file cannot be
/// read or holds no certificate).
absl::StatusOr<TlsContext> MakeTlsContext(const std::string& ca_file, bool verify);

/// Makes one connection's state: names `host` to the server and, where `context` verifies, expects
/// its certificate to be for `host`, a name or an address.
Tls MakeTls(SSL_CTX* context, const std::string& host);

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_TLS_CONTEXT_H_
