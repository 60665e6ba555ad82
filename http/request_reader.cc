#include "http/request_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

// Beside the target, a request line holds a method, two spaces and the version.
constexpr size_t kRequestLineExtraBytes = 32;
// Room for any chunk size and a modest extension; all extensions or trailers of one request
// together.
constexpr size_t kMaxChunkLineBytes = 256;
constexpr size_t kMaxExtraBytes = 4096;
// Announced bodies are not believed before they come: a length costs its sender nothing.
constexpr size_t kMaxReserveBytes = 16 * 1024;

constexpr char kTargetTooLong[] = "The request target is too long.";
constexpr char kHeadTooLarge[] = "The request head is too large.";

const char* const kUsedUpHeaders[] = {"Accept-Encoding", "Connection", "Content-Length",   "Expect",
                                      "If-Range",        "Range",      "Transfer-Encoding"};

// Whether a header that is a comma-separated list, in one line or several, has the element.
bool ListHas(const httplib::Headers& headers, const std::string& name, absl::string_view element) {
  const auto range = headers.equal_range(name);
  for (auto it = range.first; it != range.second; ++it) {
    for (absl::string_view part : absl::StrSplit(it->second, ',')) {
      if (absl::EqualsIgnoreCase(StripBlanks(part), element)) return true;
    }
  }
  return false;
}

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
    std::string().swap(
        buffer_);  // gives the capacity back, so that an idle connection costs little
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
                    ? Limit{max_line, 414, kTargetTooLong}
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
  unsigned long long size = 0;  // 16 hexadecimal digits are 64 bits: it cannot overflow
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

bool RequestReader::ParseRequestLine(absl::string_view line) {
  const std::pair<absl::string_view, absl::string_view> method_and_rest =
      absl::StrSplit(line, absl::MaxSplits(' ', 1));
  const absl::string_view method = method_and_rest.first;
  const size_t space = method_and_rest.second.find(' ');
  if (!IsToken(method) || space == absl::string_view::npos) {
    return Fail(400, "The request line is malformed.");
  }
  const absl::string_view target = method_and_rest.second.substr(0, space);
  const absl::string_view version = method_and_rest.second.substr(space + 1);
  if (version.size() != 8 || !absl::StartsWith(version, "HTTP/") ||
      !absl::ascii_isdigit(version[5]) || version[6] != '.' || !absl::ascii_isdigit(version[7])) {
    return Fail(400, "The request line is malformed.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Fail(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  }
  if (target.size() > limits_->max_target_bytes) {
    return Fail(414, kTargetTooLong);
  }
  request_.method = std::string(method);
  request_.version = std::string(version);
  return ParseTarget(target);
}

// RFC 9112 3.2: origin-form, absolute-form (which every server must accept) or, for OPTIONS, the
// asterisk.
bool RequestReader::ParseTarget(absl::string_view target) {
  if (request_.method == "CONNECT") return Fail(501, "This server is not a proxy.");
  if (target.empty() || !std::all_of(target.begin(), target.end(), absl::ascii_isgraph) ||
      absl::StrContains(target, '#')) {
    return Fail(400, "The request target is malformed.");
  }
  if (target == "*" && request_.method == "OPTIONS") {
    request_.target = "*";
    return true;
  }
  for (const absl::string_view scheme : {"http://", "https://"}) {
    if (!absl::StartsWithIgnoreCase(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    const absl::string_view authority = target.substr(0, target.find_first_of("/?"));
    if (authority.empty() || !IsHostAndPort(authority)) {
      return Fail(400, "The request target is malformed.");
    }
    authority_ = std::string(authority);
    target.remove_prefix(authority.size());
    if (target.empty() && request_.method == "OPTIONS") target = "*";
    const bool has_path = !target.empty() && target.front() != '?';
    request_.target = has_path ? std::string(target) : absl::StrCat("/", target);
    return true;
  }
  if (target.front() != '/') return Fail(400, "The request target is malformed.");
  request_.target = std::string(target);
  return true;
}

// RFC 9112 5: a blank before the colon and a folded line, which starts with one, are no token
// either.
bool RequestReader::ParseField(absl::string_view line, absl::string_view* name,
                               absl::string_view* value) {
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos) return Fail(400, "A header has no colon.");
  *name = line.substr(0, colon);
  *value = StripBlanks(line.substr(colon + 1));
  if (!IsToken(*name)) return Fail(400, "A header's name is malformed.");
  if (!IsFieldValue(*value)) return Fail(400, "A header's value has a control character.");
  return true;
}

bool RequestReader::EndHead() {
  const bool close = ListHas(request_.headers, "Connection", "close");
  const bool keep = ListHas(request_.headers, "Connection", "keep-alive");
  request_.keep_alive = !close && (keep || request_.version == "HTTP/1.1");
  if (!CheckHost() || !ChooseFraming() || !CheckExpectation()) return false;
  return stage_ != Stage::kComplete;
}

// RFC 9112 3.2: exactly one Host on HTTP/1.1, and the authority of an absolute-form target
// overrides it.
bool RequestReader::CheckHost() {
  const size_t count = request_.headers.count("Host");
  if (count > 1) return Fail(400, "The request has more than one Host header.");
  if (count == 0 && request_.version == "HTTP/1.1") {
    return Fail(400, "The request has no Host header.");
  }
  if (count == 1 && !IsHostAndPort(request_.headers.find("Host")->second)) {
    return Fail(400, "The Host header is malformed.");
  }
  if (!authority_.empty()) {
    request_.headers.erase("Host");
    request_.headers.emplace("Host", std::move(authority_));
  }
  return true;
}

// RFC 9112 6: how the body ends, and every head that two servers might disagree about is refused.
bool RequestReader::ChooseFraming() {
  const httplib::Headers& headers = request_.headers;
  const size_t lengths = headers.count("Content-Length");
  const size_t codings = headers.count("Transfer-Encoding");
  if (lengths > 0 && codings > 0) {
    return Fail(400, "The request has both Content-Length and Transfer-Encoding.");
  }
  if (lengths > 1) return Fail(400, "The request has more than one Content-Length.");
  if (codings > 1) return Fail(400, "The request has more than one Transfer-Encoding.");

  if (codings == 1) {
    if (request_.version == "HTTP/1.0") {
      return Fail(400, "HTTP/1.0 knows no Transfer-Encoding.");
    }
    const std::string& value = headers.find("Transfer-Encoding")->second;
    if (!absl::EqualsIgnoreCase(value, "chunked")) {
      for (const absl::string_view coding : absl::StrSplit(value, ',')) {
        const absl::string_view name = StripBlanks(coding);
        if (!IsToken(name)) return Fail(400, "The Transfer-Encoding is malformed.");
        if (!absl::EqualsIgnoreCase(name, "chunked")) {
          return Fail(501, "No Transfer-Encoding but chunked is supported.");
        }
      }
      return Fail(400, "The body is chunked more than once.");
    }
    stage_ = Stage::kChunkSize;
    return true;
  }

  size_t length =
      0;  // RFC 9112 6.3: neither header means no body, so a bare POST waits for nothing
  if (lengths == 1) {
    const std::string& value = headers.find("Content-Length")->second;
    if (value.empty() || !std::all_of(value.begin(), value.end(), absl::ascii_isdigit)) {
      return Fail(400, "The Content-Length is not a number.");
    }
    for (const char c : value) {
      // The limit, checked at each digit, is far below what could overflow.
      length = length * 10 + static_cast<size_t>(c - '0');
      if (length > limits_->max_body_bytes) return Fail(413, "The request body is too large.");
    }
  }
  body_left_ = length;
  request_.body.reserve(std::min(length, kMaxReserveBytes));
  stage_ = length == 0 ? Stage::kComplete : Stage::kBody;
  return true;
}

// RFC 9110 10.1.1. HTTP/1.0 has no expectations; its clients' are ignored.
bool RequestReader::CheckExpectation() {
  if (request_.version == "HTTP/1.0") return true;
  const auto range = request_.headers.equal_range("Expect");
  for (auto it = range.first; it != range.second; ++it) {
    if (!absl::EqualsIgnoreCase(it->second, "100-continue")) {
      return Fail(417, "No expectation but 100-continue can be met.");
    }
    wants_continue_ = stage_ != Stage::kComplete;
  }
  return true;
}

bool RequestReader::Fail(int status, const char* detail) {
  stage_ = Stage::kFailed;
  error_status_ = status;
  error_detail_ = detail;
  return false;
}

}  // namespace openvidu::token
