// How EventLoop tells TLS from plain HTTP on one port, and begins it.
#include <openssl/err.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "http/event_loop.h"
#include "net/certificate_names.h"

namespace openvidu::token {
namespace {

// The record type of a ClientHello (RFC 8446 5.1). No method of HTTP begins with it.
constexpr char kTlsHandshake = 0x16;

// Of those under way, which hold some 47 KB each. Beyond, the oldest gives way.
constexpr size_t kMaxHandshakes = 1024;

enum class FirstByte { kNotYet, kNever, kTls, kOther };

FirstByte Peek(int fd) {
  char first = 0;
  ssize_t peeked;
  do {
    peeked = recv(fd, &first, 1, MSG_PEEK);
  } while (peeked < 0 && errno == EINTR);
  if (peeked > 0) return first == kTlsHandshake ? FirstByte::kTls : FirstByte::kOther;
  return peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? FirstByte::kNotYet
                                                                 : FirstByte::kNever;
}

}  // namespace

bool EventLoop::Recognise(Connection* connection) {
  const FirstByte first = Peek(connection->transport->fd());
  if (first == FirstByte::kNotYet) {
    connection->readable = false;
    return false;
  }
  if (first == FirstByte::kNever) {
    Close(connection);
    return false;
  }
  connection->recognised = true;
  if (first == FirstByte::kTls) return BeginTls(connection);
  if (options_.tls_mode != TlsMode::kRequired) return true;
  Fail(connection, 400, "This port speaks HTTPS.");
  return false;
}

bool EventLoop::BeginTls(Connection* connection) {
  Tls tls = tls_->Accept();
  if (tls == nullptr) {  // no memory
    Close(connection);
    return false;
  }
  std::list<Connection>& handshakes = InPhase(Phase::kHandshake);
  if (handshakes.size() >= kMaxHandshakes) Close(&handshakes.front());
  // Until here it was plain TCP.
  auto transport = std::make_unique<TlsTransport>(
      static_cast<TcpTransport&>(*connection->transport).Release(), std::move(tls));
  connection->tls = transport.get();
  connection->transport = std::move(transport);
  MoveTo(connection, Phase::kHandshake);
  return Handshake(connection);
}

bool EventLoop::Handshake(Connection* connection) {
  const Transport::Status status = connection->tls->Handshake();
  if (status == Transport::Status::kWouldBlock) return false;
  if (status != Transport::Status::kOk) {
    ERR_clear_error();
    Close(connection);
    return false;
  }
  const X509* const certificate = SSL_get0_peer_certificate(connection->tls->tls());
  if (certificate != nullptr) {  // verified: TlsServer's handshake ends well only then
    connection->peer.certificate_names =
        std::make_shared<const std::vector<std::string>>(NamesOfCertificate(certificate));
  }
  connection->readable = true;  // OpenSSL may have read on already
  MoveTo(connection, Phase::kIdle);
  return true;
}

// One connection too many, which waits in kHandshake. Its first byte tells how to say so; a TLS
// handshake is work that the server does not do for it.
void EventLoop::TurnAway(Connection* connection) {
  if (tls_ != nullptr) {
    const FirstByte first = Peek(connection->transport->fd());
    if (first == FirstByte::kNotYet) return;
    if (first != FirstByte::kOther) return Close(connection);
  }
  Fail(connection, 503, "The server has too many connections.");
}

}  // namespace openvidu::token
