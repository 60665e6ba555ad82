#include "tests/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace openvidu::token {

RawClient::RawClient(int port, int receive_buffer_bytes)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{30, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (receive_buffer_bytes > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(receive_buffer_bytes));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(std::exchange(fd_, -1));
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0 && tls_ == nullptr) close(fd_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      tls_(std::move(other.tls_)),
      received_(std::move(other.received_)) {}

bool RawClient::StartTls(SSL_CTX* context, SSL_SESSION* session) {
  BeginTls(context, session);
  return FinishTls();
}

void RawClient::BeginTls(SSL_CTX* context, SSL_SESSION* session) {
  Tls tls(SSL_new(context));
  SSL_set_connect_state(tls.get());
  if (session != nullptr) SSL_set_session(tls.get(), session);
  tls_ = std::make_unique<TlsTransport>(fd_, std::move(tls));
  // Nothing is read, however soon it is answered.
  BIO* const socket = SSL_get_rbio(tls_->tls());
  BIO_up_ref(socket);
  SSL_set0_rbio(tls_->tls(), BIO_new(BIO_s_mem()));
  tls_->Handshake();
  SSL_set0_rbio(tls_->tls(), socket);
}

bool RawClient::FinishTls() { return tls_->Handshake() == Transport::Status::kOk; }

bool RawClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    if (tls_ != nullptr) {
      const Transport::Result written = tls_->Write(bytes);
      if (written.status != Transport::Status::kOk) return false;
      bytes.remove_prefix(written.bytes);
      continue;
    }
    const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

void RawClient::ShutdownWrite() {
  if (tls_ != nullptr) return tls_->ShutdownWrite();
  shutdown(fd_, SHUT_WR);
}

void RawClient::Shutdown() { shutdown(fd_, SHUT_RDWR); }

void RawClient::Reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(std::exchange(fd_, -1));
}

void RawClient::AwaitInput() const {
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  poll(&waiting, 1, 30'000);
}

bool RawClient::Receive() {
  char buffer[16 * 1024];
  if (tls_ != nullptr) {
    const Transport::Result read = tls_->Read(buffer, sizeof(buffer));
    reset_ = read.status != Transport::Status::kOk && read.status != Transport::Status::kEnd;
    received_.append(buffer, read.bytes);
    return read.status == Transport::Status::kOk;
  }
  const ssize_t n = recv(fd_, buffer, sizeof(buffer), 0);
  if (n <= 0) {
    reset_ = n < 0;
    return false;
  }
  received_.append(buffer, static_cast<size_t>(n));
  return true;
}

std::optional<RawAnswer> RawClient::Read(bool to_head) {
  size_t end;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Receive()) return std::nullopt;
  }
  RawAnswer answer;
  bool first = true;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(received_).substr(0, end), "\r\n")) {
    if (std::exchange(first, false)) {
      if (!absl::SimpleAtoi(line.substr(9, 3), &answer.status)) return std::nullopt;
      continue;
    }
    const size_t colon = line.find(": ");
    if (colon == absl::string_view::npos) return std::nullopt;
    const bool is_new = answer.headers
                            .emplace(absl::AsciiStrToLower(line.substr(0, colon)),
                                     std::string(line.substr(colon + 2)))
                            .second;
    if (!is_new) return std::nullopt;  // no header of ours comes twice
  }
  received_.erase(0, end + 4);
  size_t length = 0;
  if (!to_head && absl::SimpleAtoi(answer.Header("content-length"), &length)) {
    while (received_.size() < length) {
      if (!Receive()) return std::nullopt;
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
  }
  return answer;
}

std::optional<RawAnswer> RawClient::Ask(absl::string_view bytes) {
  if (!Send(bytes)) return std::nullopt;
  return Read();
}

std::optional<std::string> RawClient::ReadToEnd() {
  while (Receive()) {
  }
  if (reset_) return std::nullopt;
  return std::exchange(received_, {});
}

bool RawClient::Ends() {
  while (Receive()) {
  }
  return !reset_ || errno == ECONNRESET;
}

}  // namespace openvidu::token
