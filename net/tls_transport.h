#ifndef NET_TLS_TRANSPORT_H_
#define NET_TLS_TRANSPORT_H_

#include <openssl/ssl.h>

#include <memory>

#include "net/transport.h"

namespace openvidu::token {

struct TlsContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsContextDeleter>;

struct TlsDeleter {
  void operator()(SSL* tls) const { SSL_free(tls); }
};
using Tls = std::unique_ptr<SSL, TlsDeleter>;

struct TlsSessionDeleter {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using TlsSession = std::unique_ptr<SSL_SESSION, TlsSessionDeleter>;

/// The socket below a TlsTransport.
struct TlsSocket {
  const int fd;
  bool drained = false;  ///< The last read found less than it asked for.
  bool ended = false;    ///< … and that was the end.
};

/// TLS over a connected, non-blocking TCP socket, which it owns. Raises no SIGPIPE.
class TlsTransport final : public Transport {
 public:
  /// `tls` knows whether it is the client or the server.
  TlsTransport(int fd, Tls tls);
  /// Tells the other end that no data follows, where there was a handshake.
  ~TlsTransport() override;

  TlsTransport(const TlsTransport&) = delete;
  TlsTransport& operator=(const TlsTransport&) = delete;

  /// One step of the handshake. kOk: it is done. kBroken: it cannot be; OpenSSL's error queue of
  /// this thread says why.
  Status Handshake();

  Result Read(char* buffer, size_t size) override;
  Result Write(absl::string_view bytes) override;
  int fd() const override { return socket_.fd; }
  /// Sends TLS's own end of data, and then TCP's.
  void ShutdownWrite() override;

  SSL* tls() { return tls_.get(); }

 private:
  void SendCloseNotify();
  Status StatusOf(int returned);

  TlsSocket socket_;
  const Tls tls_;
  bool broken_ = false;  // OpenSSL allows no more calls
};

}  // namespace openvidu::token

#endif  // NET_TLS_TRANSPORT_H_
