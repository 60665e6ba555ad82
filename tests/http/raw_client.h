#ifndef TESTS_HTTP_RAW_CLIENT_H_
#define TESTS_HTTP_RAW_CLIENT_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "net/tls_transport.h"

namespace openvidu::token {

/// An answer as it came over the wire.
struct RawAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;

  std::string Header(const std::string& name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? std::string() : it->second;
  }
};

/// A TCP or TLS client that sends exactly the bytes it is told, and gives up on a server after half
/// a minute.
class RawClient {
 public:
  /// Connects to 127.0.0.1. `receive_buffer_bytes`: SO_RCVBUF, 0 = the system's.
  explicit RawClient(int port, int receive_buffer_bytes = 0);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }

  /// Speaks TLS from now on. Returns whether the handshake succeeds.
  bool StartTls(SSL_CTX* context, SSL_SESSION* session = nullptr);
  /// The first step of that: sends the ClientHello.
  void BeginTls(SSL_CTX* context, SSL_SESSION* session = nullptr);
  /// The rest.
  bool FinishTls();
  /// Null before StartTls().
  SSL* tls() { return tls_ == nullptr ? nullptr : tls_->tls(); }

  /// Returns false where the server has reset the connection.
  bool Send(absl::string_view bytes);
  void ShutdownWrite();
  /// Ends both directions; a Read() in another thread returns.
  void Shutdown();
  /// Ends the connection with a reset.
  void Reset();

  /// Reads one answer; nullopt where the connection ends first or nothing comes. An answer to HEAD
  /// has no body whatever its Content-Length.
  std::optional<RawAnswer> Read(bool to_head = false);

  /// Waits until something is there to be read, which it leaves there, or the connection ends.
  void AwaitInput() const;

  /// Send() and Read().
  std::optional<RawAnswer> Ask(absl::string_view bytes);

  /// Reads until the connection ends and returns it all, or nullopt where it does not end or is
  /// reset, or TLS ends without saying so.
  std::optional<std::string> ReadToEnd();

  /// Whether the connection ends, by FIN or RST.
  bool Ends();

 private:
  bool Receive();

  int fd_;
  std::unique_ptr<TlsTransport> tls_;  // then the socket is its own
  std::string received_;
  bool reset_ = false;
};

}  // namespace openvidu::token

#endif  // TESTS_HTTP_RAW_CLIENT_H_
