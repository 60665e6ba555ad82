#include "emulator/http_body.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace openvidu::emulator {
namespace {

constexpr absl::Duration kReadTimeout = absl::Seconds(60);
constexpr int64_t kMaxSwallowBytes = 2 << 20;          // Tomcat's maxSwallowSize
constexpr int64_t kMaxBodyBytes = int64_t{256} << 20;  // ours, for the memory's sake
constexpr size_t kMaxChunkLineBytes = 8192;

}  // namespace

absl::Status SocketBody::ReceiveMore() {
  switch (socket_.Receive(kReadTimeout)) {
    case HttpSocket::Received::kData:
      return absl::OkStatus();
    case HttpSocket::Received::kTimeout:
      return absl::UnavailableError("the body did not go on");
    case HttpSocket::Received::kEnd:
      is_broken_ = true;
      break;
  }
  return absl::UnavailableError("the client ended inside the body");
}

absl::Status SocketBody::ReadSized(int64_t size) {
  while (size > 0) {
    if (socket_.pending().empty()) {
      if (absl::Status status = ReceiveMore(); !status.ok()) return status;
    }
    const size_t part = std::min<size_t>(size, socket_.pending().size());
    if (static_cast<int64_t>(body_->size() + part) > kMaxBodyBytes) {
      is_broken_ = true;
      return absl::UnavailableError("the body is too big");
    }
    body_->append(socket_.pending().data(), part);
    socket_.Consume(part);
    size -= static_cast<int64_t>(part);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> SocketBody::ReadLine() {
  while (true) {
    const absl::string_view pending = socket_.pending();
    const size_t end = pending.find('\n');
    if (end != absl::string_view::npos) {
      std::string line(pending.substr(0, end));
      socket_.Consume(end + 1);
      if (absl::EndsWith(line, "\r")) line.pop_back();
      return line;
    }
    if (pending.size() > kMaxChunkLineBytes) {
      is_broken_ = true;
      return absl::UnavailableError("a line of the chunked coding is too long");
    }
    if (absl::Status status = ReceiveMore(); !status.ok()) return status;
  }
}

absl::Status SocketBody::ReadChunked() {
  while (true) {
    absl::StatusOr<std::string> line = ReadLine();
    if (!line.ok()) return line.status();
    const std::string size_text(absl::StripAsciiWhitespace(line->substr(0, line->find(';'))));
    uint32_t size = 0;
    const bool is_hex = !size_text.empty() && size_text.size() <= 8 &&
                        std::all_of(size_text.begin(), size_text.end(), absl::ascii_isxdigit);
    if (!is_hex || !absl::SimpleHexAtoi(size_text, &size)) {
      is_broken_ = true;
      return absl::UnavailableError("not a chunk size");
    }
    if (size == 0) break;
    if (absl::Status status = ReadSized(size); !status.ok()) return status;
    line = ReadLine();
    if (!line.ok()) return line.status();
    if (!line->empty()) {
      is_broken_ = true;
      return absl::UnavailableError("a chunk is longer than it says");
    }
  }
  while (true) {  // trailer fields, which nobody looks at
    const absl::StatusOr<std::string> line = ReadLine();
    if (!line.ok()) return line.status();
    if (line->empty()) return absl::OkStatus();
  }
}

const absl::StatusOr<std::string>& SocketBody::Read() {
  if (was_read_) return body_;
  was_read_ = true;
  const absl::Status status = framing_.chunked ? ReadChunked() : ReadSized(framing_.content_length);
  if (!status.ok()) body_ = status;
  return body_;
}

bool SocketBody::IsTooBigToSkip() const {
  return !was_read_ && framing_.content_length > kMaxSwallowBytes;
}

bool SocketBody::Skip() {
  if (IsRead()) return true;
  if (is_broken_ || IsTooBigToSkip()) return false;
  if (!was_read_) return Read().ok();
  // The body stalled once and was given up. Tomcat gives it one more read, and then the connection
  // [12].
  socket_.Receive(kReadTimeout);
  return false;
}

}  // namespace openvidu::emulator
