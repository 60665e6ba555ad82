#include "http/request_reader.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

// Beside the target, a request line holds a method, two spaces and the version.
constexpr size_t kRequestLineExtraBytes = 32;
// Room for any chunk size and a modest extension.
constexpr size_t kMaxChunkLineBytes = 256;
// All chunk extensions, or all trailers, of one request.
constexpr size_t kMaxExtraBytes = 4096;

constexpr char kHeadTooLarge[] = "The request head is too large.";

constexpr const char* kUsedUpHeaders[] = {"Accept-Encoding", "Connection", "Content-Length", "Expect",
                                          "Transfer-Encoding"};

}  // namespace

RequestReader::Result RequestReader::Feed(absl::string_view bytes) {
  // A request that comes in one piece, the common case, is parsed where it lies.
  const bool in_place = buffer_.empty();
  if (!in_place) buffer_.append(bytes.data(), bytes.size());
  const absl::string_view all = in_place ? bytes : absl::string_view(buffer_);
  absl::string_view in = all;
  while (Step(&in)) {
  }
  if (stage_ == Stage::kFailed) in = {};
  if (in.empty()) {
    std::string().swap(buffer_);  // frees its capacity: an idle connection is to cost little
  } else if (in_place) {
    buffer_.assign(in.data(), in.size());
  } else {
    buffer_.erase(0, all.size() - in.size());
  }
  if (stage_ == Stage::kComplete) return Result::kRequest;
  return stage_ == Stage::kFailed ? Result::kError : Result::kNeedMore;
}

HttpRequest RequestReader::TakeRequest() {
  HttpRequest request = std::exchange(request_, HttpRequest());
  for (const char* name : kUsedUpHeaders) request.headers.erase(name);
  if (stage_ != Stage::kFailed) stage_ = Stage::kRequestLine;
  head_bytes_ = extra_bytes_ = body_left_ = 0;
  skipped_crlf_ = wants_continue_ = false;
  authority_.clear();
  return request;
}

// RFC 9110 10.1.1: a client whose body is on its way already needs no 100.
bool RequestReader::TakeContinue() {
  return std::exchange(wants_continue_, false) && in_body() && request_.body.empty() &&
         buffer_.empty();
}

bool RequestReader::Step(absl::string_view* in) {
  switch (stage_) {
    case Stage::kRequestLine:
      return ReadRequestLine(in);
    case Stage::kHeader:
      return ReadHeader(in);
    case Stage::kBody:
    case Stage::kChunkData:
      return ReadBody(in);
    case Stage::kChunkSize:
      return ReadChunkSize(in);
    case Stage::kChunkEnd:
      return ReadChunkEnd(in);
    case Stage::kTrailer:
      return ReadTrailer(in);
    case Stage::kComplete:
    case Stage::kFailed:
      return false;
  }
  return false;
}

// RFC 9112 2.2 lets a recipient take a bare LF for a line's end; one that does and one that does
// not see two different requests, so it is refused. A lone CR fails later, as a control character.
bool RequestReader::NextLine(absl::string_view* in, absl::string_view* line, const Limit& limit) {
  const size_t end = in->find('\n', scanned_);
  const bool complete = end != absl::string_view::npos;
  if ((complete ? end + 1 : in->size()) > limit.bytes) return Fail(limit.status, limit.detail);
  scanned_ = complete ? 0 : in->size();
  if (!complete) return false;
  if (end == 0 || (*in)[end - 1] != '\r') return Fail(400, "A line must end with CR LF.");
  *line = in->substr(0, end - 1);
  in->remove_prefix(end + 1);
  return true;
}

bool RequestReader::ReadRequestLine(absl::string_view* in) {
  // RFC 9112 2.2: one empty line before a request is passed over; old clients send it after a body.
  if (!skipped_crlf_ && absl::StartsWith(*in, "\r\n")) {
    skipped_crlf_ = true;
    in->remove_prefix(2);
  }
  if (in->empty() || (!skipped_crlf_ && *in == "\r")) return false;
  // Speaks another protocol, such as TLS: no line end may ever come.
  if (!IsToken(in->substr(0, 1))) return Fail(400, "This is not an HTTP request.");

  const size_t max_line = limits_->max_target_bytes + kRequestLineExtraBytes;
  absl::string_view line;
  if (!NextLine(in, &line,
                max_line <= limits_->max_head_bytes
                    ? Limit{max_line, 414, "The request target is too long."}
                    : Limit{limits_->max_head_bytes, 431, kHeadTooLarge})) {
    return false;
  }
  head_bytes_ = line.size() + 2;
  stage_ = Stage::kHeader;
  return ParseRequestLine(line);
}

bool RequestReader::ReadHeader(absl::string_view* in) {
  absl::string_view line;
  if (!NextLine(in, &line, {limits_->max_head_bytes - head_bytes_, 431, kHeadTooLarge})) {
    return false;
  }
  head_bytes_ += line.size() + 2;
  if (line.empty()) return EndHead();
  if (request_.headers.size() == limits_->max_headers) {
    return Fail(431, "The request has too many headers.");
  }
  absl::string_view name, value;
  if (!ParseField(line, &name, &value)) return false;
  request_.headers.emplace(std::string(name), std::string(value));
  return true;
}

bool RequestReader::ReadBody(absl::string_view* in) {
  const size_t size = std::min(in->size(), body_left_);
  request_.body.append(in->data(), size);
  in->remove_prefix(size);
  body_left_ -= size;
  if (body_left_ > 0) return false;
  stage_ = stage_ == Stage::kChunkData ? Stage::kChunkEnd : Stage::kComplete;
  return stage_ == Stage::kChunkEnd;
}

// RFC 9112 7.1: 1*HEXDIG and nothing else, no sign, no blank, no 0x. Extensions are passed over.
bool RequestReader::ReadChunkSize(absl::string_view* in) {
  absl::string_view line;
  if (!NextLine(in, &line, {kMaxChunkLineBytes, 400, "A chunk's size line is too long."})) {
    return false;
  }
  const absl::string_view digits = line.substr(0, line.find(';'));
  const absl::string_view extension = line.substr(digits.size());
  extra_bytes_ += extension.size();
  if (extra_bytes_ > kMaxExtraBytes) return Fail(400, "The chunk extensions are too long.");
  if (digits.empty() || digits.size() > 16 || !IsFieldValue(extension) ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit)) {
    return Fail(400, "A chunk's size is malformed.");
  }
  uint64_t size = 0;  // 16 hexadecimal digits are 64 bits: it cannot overflow
  for (const char c : digits) {
    size = size * 16 + (absl::ascii_isdigit(c) ? c - '0' : absl::ascii_tolower(c) - 'a' + 10);
  }
  if (size > limits_->max_body_bytes - request_.body.size()) {
    return Fail(413, "The request body is too large.");
  }
  body_left_ = static_cast<size_t>(size);
  extra_bytes_ = size == 0 ? 0 : extra_bytes_;
  stage_ = size == 0 ? Stage::kTrailer : Stage::kChunkData;
  return true;
}

bool RequestReader::ReadChunkEnd(absl::string_view* in) {
  const absl::string_view crlf = "\r\n";
  if (!absl::StartsWith(*in, crlf.substr(0, std::min<size_t>(in->size(), 2)))) {
    return Fail(400, "A chunk must end with CR LF.");
  }
  if (in->size() < 2) return false;
  in->remove_prefix(2);
  stage_ = Stage::kChunkSize;
  return true;
}

// Trailers are checked and dropped: merged into the headers they could change what was decided by
// those.
bool RequestReader::ReadTrailer(absl::string_view* in) {
  absl::string_view line;
  if (!NextLine(in, &line, {kMaxExtraBytes - extra_bytes_, 431, "The trailers are too large."})) {
    return false;
  }
  extra_bytes_ += line.size() + 2;
  if (line.empty()) {
    stage_ = Stage::kComplete;
    return false;
  }
  absl::string_view name, value;
  return ParseField(line, &name, &value);
}

bool RequestReader::Fail(int status, const char* detail) {
  stage_ = Stage::kFailed;
  error_status_ = status;
  error_detail_ = detail;
  return false;
}

}  // namespace openvidu::token
