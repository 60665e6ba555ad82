#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "emulator/http_head.h"
#include "emulator/percent.h"

namespace openvidu::emulator {
namespace {

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsHostLabel(absl::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

bool IsHost(absl::string_view host) {
  if (host.empty()) return true;
  if (host.front() == '[') {
    const size_t close = host.find(']');
    if (close == absl::string_view::npos) return false;
    const absl::string_view address = host.substr(1, close - 1);
    const bool fits = !address.empty() && std::all_of(address.begin(), address.end(), [](char c) {
      return absl::ascii_isxdigit(c) || c == ':' || c == '.';
    });
    const absl::string_view rest = host.substr(close + 1);
    return fits && (rest.empty() || (rest[0] == ':' && AllDigits(rest.substr(1))));
  }
  const size_t colon = host.find(':');
  if (colon != absl::string_view::npos && !AllDigits(host.substr(colon + 1))) return false;
  host = host.substr(0, colon);
  if (absl::EndsWith(host, ".")) host.remove_suffix(1);
  const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
  return std::all_of(labels.begin(), labels.end(), IsHostLabel);
}

// Of an absolute-form target, whose authority has to be the Host header byte by byte.
bool HostFitsTarget(const HttpRequest& request, absl::string_view host) {
  const absl::string_view target = request.target;
  if (!absl::StartsWithIgnoreCase(target, "http://") &&
      !absl::StartsWithIgnoreCase(target, "https://")) {
    return true;
  }
  const size_t start = target.find("://") + 3;
  absl::string_view authority = target.substr(start, target.find_first_of("/?", start) - start);
  if (const size_t at = authority.rfind('@'); at != absl::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  return authority == host;
}

int CheckHost(const HttpRequest& request) {
  const int hosts = request.Count("host");
  if (hosts > 1 || (hosts == 0 && request.version == HttpVersion::kHttp11)) return 400;
  if (hosts == 0) return 0;
  const std::string& host = *request.Find("host");
  return IsHost(host) && HostFitsTarget(request, host) ? 0 : 400;
}

int CheckTransferEncoding(const HttpRequest& request, RequestFraming* framing) {
  if (request.version != HttpVersion::kHttp11) return 0;
  for (const HttpHeader& header : request.headers) {
    if (!absl::EqualsIgnoreCase(header.name, "transfer-encoding")) continue;
    for (const absl::string_view part : absl::StrSplit(header.value, ',')) {
      const absl::string_view coding = absl::StripAsciiWhitespace(part);
      if (coding.empty()) continue;
      if (framing->chunked) return 400;  // chunked has to be the last one
      if (!absl::EqualsIgnoreCase(coding, "chunked")) return 501;
      framing->chunked = true;
    }
  }
  return 0;
}

int CheckContentLength(const HttpRequest& request, RequestFraming* framing) {
  const int lengths = request.Count("content-length");
  if (lengths == 0) return 0;
  const std::string& length = *request.Find("content-length");
  if (lengths > 1 || length.empty() || !AllDigits(length) ||
      !absl::SimpleAtoi(length, &framing->content_length)) {
    return 400;
  }
  if (framing->chunked) {
    framing->content_length = 0;
    framing->close_after = true;
  }
  return 0;
}

int CheckTarget(const HttpRequest& request) {
  if (request.method == "CONNECT") return 501;
  if (request.target == "*") return request.method == "OPTIONS" ? 0 : 400;
  return IsAcceptablePath(request.path) ? 0 : 400;
}

}  // namespace

RequestFraming CheckHead(const HttpRequest& request) {
  RequestFraming framing;
  if (request.version == HttpVersion::kUnknown) {
    framing.error = 505;
    return framing;
  }
  if (const std::string* expect = request.Find("expect");
      expect != nullptr && request.version == HttpVersion::kHttp11) {
    framing.expects_continue = absl::EqualsIgnoreCase(*expect, "100-continue");
    if (!framing.expects_continue) framing.error = 417;
  }
  if (framing.error == 0) framing.error = CheckHost(request);
  if (framing.error == 0) framing.error = CheckTransferEncoding(request, &framing);
  if (framing.error == 0) framing.error = CheckContentLength(request, &framing);
  if (framing.error == 0) framing.error = CheckTarget(request);
  return framing;
}

bool IsAcceptablePath(absl::string_view path) {
  if (path.empty() || path[0] != '/') return false;
  const absl::optional<std::string> decoded = PercentDecode(path);
  if (!decoded.has_value() || !IsUtf8(*decoded)) return false;
  if (decoded->find('\0') != std::string::npos || absl::StrContains(*decoded, '\\')) return false;
  // %2F in the path could hide a directory, so Tomcat takes none.
  if (absl::StrContains(absl::AsciiStrToLower(path), "%2f")) return false;
  int depth = 0;
  for (const absl::string_view segment : absl::StrSplit(*decoded, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      ++depth;
    } else if (--depth < 0) {
      return false;
    }
  }
  return true;
}

}  // namespace openvidu::emulator
