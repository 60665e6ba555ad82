#include "tests/emulator/raw_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace openvidu::emulator {
namespace {

constexpr int kPatienceMs = 30000;

// The value of a header in `head`, or "".
std::string HeaderValue(absl::string_view head, absl::string_view name) {
  const std::string start = absl::StrCat("\r\n", name, ": ");
  const size_t at = head.find(start);
  if (at == absl::string_view::npos) return "";
  const absl::string_view rest = head.substr(at + start.size());
  return std::string(rest.substr(0, rest.find("\r\n")));
}

}  // namespace

RawClient::RawClient(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  is_connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

RawClient::~RawClient() { close(fd_); }

void RawClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    bytes.remove_prefix(size);
  }
}

bool RawClient::Receive() {
  pollfd poll_fd{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&poll_fd, 1, kPatienceMs) <= 0) return false;
  char chunk[65536];
  const ssize_t size = recv(fd_, chunk, sizeof chunk, 0);
  if (size < 0) was_reset_ = errno == ECONNRESET;
  if (size <= 0) return false;
  buffer_.append(chunk, size);
  return true;
}

RawAnswer RawClient::Read(bool to_head) {
  RawAnswer answer;
  size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Receive()) {
      answer.head = std::move(buffer_);
      return answer;
    }
  }
  answer.head = buffer_.substr(0, head_end + 4);
  buffer_.erase(0, head_end + 4);
  EXPECT_TRUE(absl::SimpleAtoi(answer.head.substr(9, 3), &answer.status)) << answer.head;
  size_t length = 0;
  if (to_head || answer.status == 204 || answer.status < 200) {
    answer.is_whole = true;
    return answer;
  }
  if (HeaderValue(answer.head, "Transfer-Encoding") == "chunked") {
    const absl::string_view last = "0\r\n\r\n";
    while (!absl::EndsWith(buffer_, last) && Receive()) {
    }
    answer.is_whole = absl::EndsWith(buffer_, last);
    answer.body = std::move(buffer_);
    buffer_.clear();
    return answer;
  }
  EXPECT_TRUE(absl::SimpleAtoi(HeaderValue(answer.head, "Content-Length"), &length)) << answer.head;
  while (buffer_.size() < length && Receive()) {
  }
  answer.is_whole = buffer_.size() >= length;
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

RawAnswer RawClient::Exchange(absl::string_view bytes) {
  Send(bytes);
  return Read();
}

bool RawClient::IsClosedByPeer() {
  if (!buffer_.empty()) return false;
  pollfd poll_fd{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&poll_fd, 1, kPatienceMs) <= 0) return false;
  return !Receive();
}

std::string Request(absl::string_view method, absl::string_view path, absl::string_view body,
                    absl::string_view headers) {
  std::string request =
      absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: localhost\r\n", kAuthorization, headers);
  if (!body.empty()) {
    absl::StrAppend(&request, "Content-Type: application/json\r\nContent-Length: ", body.size(),
                    "\r\n");
  }
  absl::StrAppend(&request, "\r\n", body);
  return request;
}

std::unique_ptr<OpenViduEmulator> StartEmulator(EmulatorOptions options) {
  options.listen_address = "127.0.0.1:0";
  options.control_address = "127.0.0.1:0";
  options.secret = kSecret;
  absl::StatusOr<std::unique_ptr<OpenViduEmulator>> emulator =
      OpenViduEmulator::Start(std::move(options));
  EXPECT_TRUE(emulator.ok()) << emulator.status();
  return emulator.ok() ? *std::move(emulator) : nullptr;
}

RawAnswer Send(int port, absl::string_view request) {
  RawClient client(port);
  return client.Exchange(request);
}

}  // namespace openvidu::emulator
