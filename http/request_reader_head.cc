// What a request line and headers must be, and what they say of the body: RequestReader's second
// half.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "http/request_reader.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

// Announced bodies are not believed before they come: a length costs its sender nothing.
constexpr size_t kMaxReserveBytes = size_t{16} << 10;

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
    return Fail(414, "The request target is too long.");
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
}  // namespace openvidu::token
