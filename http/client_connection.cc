#include "http/client_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

constexpr size_t kReceiveBytes = size_t{16} << 10;

absl::StatusOr<std::unique_ptr<TlsClient>> MakeVerifying(const std::string& ca_file,
                                                         absl::string_view ca_file_name) {
  absl::StatusOr<std::unique_ptr<TlsClient>> made = TlsClient::Create(ca_file, /*verify=*/true);
  if (made.ok()) return made;
  return absl::InvalidArgumentError(absl::StrCat(ca_file_name, ": ", made.status().message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsClient>> MakeTlsClient(const HttpUrl& url,
                                                         const std::string& ca_file,
                                                         absl::string_view ca_file_name) {
  if (!url.tls) return nullptr;
  return MakeVerifying(ca_file, ca_file_name);
}

absl::Status CheckCaFile(const std::string& ca_file, absl::string_view ca_file_name) {
  // The system's authorities, of which there is nothing to check, take long to load.
  return ca_file.empty() ? absl::OkStatus() : MakeVerifying(ca_file, ca_file_name).status();
}

ClientConnection::ClientConnection(Reactor& reactor, const HttpUrl& url, AddressResolver& resolver,
                                   TlsClient* tls, Owner& owner)
    : reactor_(reactor), url_(url), resolver_(resolver), tls_client_(tls), owner_(owner) {}

ClientConnection::~ClientConnection() {
  reactor_.Cancel(deadline_);
  Disconnect();
}

void ClientConnection::Disconnect() {
  if (lookup_ != nullptr) lookup_->connection = nullptr;
  lookup_ = nullptr;
  if (transport_ != nullptr) reactor_.Forget(this);
  transport_ = nullptr;
  tls_ = nullptr;
  state_ = State::kClosed;
}

void ClientConnection::Send(std::string request, Reactor::Clock::time_point deadline) {
  request_ = std::move(request);
  sent_ = 0;
  write_broken_ = false;
  reader_ = AnswerReader();
  deadline_ = reactor_.RunAt(deadline, [this] { OnDeadline(); });
  if (state_ != State::kIdle) return Resolve();
  state_ = State::kExchange;
  reactor_.RunAtTurnEnd(this);
}

void ClientConnection::OnTurnEnd() {
  if (state_ == State::kExchange) WriteRequest();
}

void ClientConnection::Resolve() {
  requests_ = 0;
  hung_up_ = false;
  state_ = State::kResolving;
  lookup_ = std::make_shared<Lookup>(Lookup{this});
  resolver_.Resolve([lookup = lookup_](const AddressResolver::Addresses& addresses) {
    ClientConnection* const self = lookup->connection;
    if (self == nullptr) return;
    self->lookup_ = nullptr;
    if (!addresses.ok()) {
      return self->Fail(TransportFailure::kResolve, std::string(addresses.status().message()));
    }
    self->addresses_.assign(addresses->rbegin(), addresses->rend());
    self->ConnectToNext();
  });
}

void ClientConnection::ConnectToNext() {
  state_ = State::kConnecting;
  while (!addresses_.empty()) {
    const Address address = addresses_.back();
    addresses_.pop_back();
    const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      connect_error_ = std::strerror(errno);
      continue;
    }
    if (tls_client_ != nullptr) {
      auto tls = std::make_unique<TlsTransport>(fd, tls_client_->Connect(url_.host));
      tls_ = tls.get();
      transport_ = std::move(tls);
    } else {
      transport_ = std::make_unique<TcpTransport>(fd);
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const int connected =
        connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size);
    if (connected != 0 && errno != EINPROGRESS) {
      connect_error_ = std::strerror(errno);
      transport_ = nullptr;
      tls_ = nullptr;
      continue;
    }
    // By the edge, both directions: no request costs an epoll_ctl. Its first event tells of the end
    // of the connect.
    if (reactor_.Watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, this)) return;
    connect_error_ = "no memory";
    transport_ = nullptr;
    tls_ = nullptr;
  }
  Fail(TransportFailure::kConnect, std::exchange(connect_error_, ""));
}

void ClientConnection::OnEvents(uint32_t events) {
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) hung_up_ = true;
  switch (state_) {
    case State::kConnecting:
      return FinishConnect();
    case State::kHandshake:
      return Handshake();
    case State::kExchange:
      if (sent_ < request_.size()) WriteRequest();
      if (state_ == State::kExchange && (events & ~uint32_t{EPOLLOUT}) != 0) ReadAnswer();
      return;
    case State::kIdle: {
      if ((events & ~uint32_t{EPOLLOUT}) == 0) return;
      char byte;  // nothing is due: it is the end, a TLS session ticket, or nothing to trust
      if (transport_->Read(&byte, 1).status == Transport::Status::kWouldBlock) return;
      Disconnect();
      return owner_.OnIdleClosed(this);
    }
    default:
      return;
  }
}

void ClientConnection::FinishConnect() {
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(transport_->fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    connect_error_ = std::strerror(error);
    reactor_.Forget(this);
    transport_ = nullptr;
    tls_ = nullptr;
    return ConnectToNext();
  }
  if (tls_ != nullptr) {
    state_ = State::kHandshake;
    return Handshake();
  }
  state_ = State::kExchange;
  WriteRequest();
}

void ClientConnection::Handshake() {
  switch (tls_->Handshake()) {
    case Transport::Status::kWouldBlock:
      return;
    case Transport::Status::kOk:
      state_ = State::kExchange;
      return WriteRequest();
    default: {
      const long verified = SSL_get_verify_result(tls_->tls());
      const char* reason = verified != X509_V_OK ? X509_verify_cert_error_string(verified)
                                                 : ERR_reason_error_string(ERR_peek_error());
      const std::string cause = reason != nullptr ? reason : "the connection was closed";
      ERR_clear_error();
      return Fail(TransportFailure::kTls, cause);
    }
  }
}

void ClientConnection::WriteRequest() {
  while (sent_ < request_.size() && !write_broken_) {
    const Transport::Result written = transport_->Write(absl::string_view(request_).substr(sent_));
    if (written.status == Transport::Status::kWouldBlock) return;
    sent_ += written.bytes;
    // It may have been refused before its end: then the answer is there, or an end to read.
    write_broken_ = written.status != Transport::Status::kOk;
  }
  if (write_broken_) ReadAnswer();
}

void ClientConnection::ReadAnswer() {
  char buffer[kReceiveBytes];
  while (state_ == State::kExchange) {
    const Transport::Result read = transport_->Read(buffer, sizeof(buffer));
    switch (read.status) {
      case Transport::Status::kOk:
        Take(reader_.Feed(absl::string_view(buffer, read.bytes)));
        if (read.drained && !hung_up_) return;
        break;
      case Transport::Status::kWouldBlock:
        if (write_broken_) Fail(TransportFailure::kSend, "");
        return;
      case Transport::Status::kEnd:
        return Take(reader_.End());
      case Transport::Status::kBroken:
        return Take(AnswerReader::Result::kCut);
    }
  }
}

void ClientConnection::Take(AnswerReader::Result result) {
  switch (result) {
    case AnswerReader::Result::kNeedMore:
      return;
    case AnswerReader::Result::kAnswer: {
      HttpMessage answer = reader_.TakeAnswer();
      ++requests_;
      if (answer.keep_alive && !hung_up_ && sent_ == request_.size() && !write_broken_) {
        state_ = State::kIdle;
      } else {
        Disconnect();
      }
      return Finish({.status = answer.status, .body = std::move(answer.body)});
    }
    case AnswerReader::Result::kCut:
      return Fail(!reader_.untouched() ? TransportFailure::kCutAnswer
                  : write_broken_      ? TransportFailure::kSend
                                       : TransportFailure::kNoAnswer,
                  "");
    case AnswerReader::Result::kNotHttp:
      return Fail(TransportFailure::kNotHttp, "");
    case AnswerReader::Result::kTooLarge:
      return Fail(TransportFailure::kAnswerTooLarge, "");
  }
}

void ClientConnection::OnDeadline() {
  switch (state_) {
    case State::kResolving:
      return Fail(TransportFailure::kResolveDeadline, "");
    case State::kConnecting:
      return Fail(TransportFailure::kConnectDeadline, "");
    case State::kHandshake:
      return Fail(TransportFailure::kConnectDeadline, "in the TLS handshake");
    default:
      return Fail(TransportFailure::kAnswerDeadline, "");
  }
}

void ClientConnection::Fail(TransportFailure failure, std::string cause) {
  Disconnect();
  Finish({.failure = failure, .cause = std::move(cause)});
}

void ClientConnection::Finish(Exchange exchange) {
  reactor_.Cancel(deadline_);
  request_.clear();
  addresses_.clear();
  last_used_ = reactor_.now();
  owner_.OnExchange(this, std::move(exchange));
}

}  // namespace openvidu::token
