#include "emulator/java_uri.h"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "emulator/percent.h"

namespace openvidu::emulator {
namespace {

// Beside letters and digits; '%' stands for an escape. From RFC 2396, appendix A.
constexpr absl::string_view kUric = "_-!.~'()*;/?:@&=+$,[]%";
constexpr absl::string_view kPath = "_-!.~'()*:@&=+$,;/%";
constexpr absl::string_view kRegistryName = "_-!.~'()*$,;:@&=+%";
constexpr absl::string_view kUserInfo = "_-!.~'()*;:&=+$,%";
constexpr absl::string_view kServer = "_-!.~'()*;:&=+$,%@[]";

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<JavaUri> Parse() {
    size_t at = Scan(0, text_.size(), ":/?#");
    if (at < text_.size() && text_[at] == ':') {
      if (at == 0) return Expected("scheme name", 0);
      for (size_t i = 0; i < at; ++i) {
        const bool fits =
            absl::ascii_isalpha(text_[i]) ||
            (i > 0 && (absl::ascii_isdigit(text_[i]) || absl::StrContains("+-.", text_[i])));
        if (!fits) return Fail("Illegal character in scheme name", i);
      }
      uri_.scheme = std::string(text_.substr(0, at));
      ++at;
      if (at >= text_.size() || text_[at] != '/') return ParseOpaque(at);
    } else {
      at = 0;
    }
    return ParseHierarchical(at);
  }

 private:
  absl::Status Fail(absl::string_view reason, size_t at) const {
    return absl::InvalidArgumentError(absl::StrCat(reason, " at index ", at, ": ", text_));
  }
  absl::Status Expected(absl::string_view what, size_t at) const {
    return Fail(absl::StrCat("Expected ", what), at);
  }

  // The first position of [from, to) whose character is one of `stops`, or `to`.
  size_t Scan(size_t from, size_t to, absl::string_view stops) const {
    while (from < to && !absl::StrContains(stops, text_[from])) ++from;
    return from;
  }

  // The first position of [from, to) that does not fit, or `to`.
  size_t ScanFitting(size_t from, size_t to, absl::string_view chars) const {
    for (; from < to; ++from) {
      const char c = text_[from];
      if (c == '%' && absl::StrContains(chars, '%')) {
        if (to - from < 3 || !absl::ascii_isxdigit(text_[from + 1]) ||
            !absl::ascii_isxdigit(text_[from + 2])) {
          break;
        }
      } else if (c >= 0 && !absl::ascii_isalnum(c) && !absl::StrContains(chars, c)) {
        break;
      }
    }
    return from;
  }

  absl::Status CheckChars(size_t from, size_t to, absl::string_view chars,
                          absl::string_view what) const {
    const size_t bad = ScanFitting(from, to, chars);
    if (bad == to) return absl::OkStatus();
    if (text_[bad] == '%') return Fail("Malformed escape pair", bad);
    return Fail(absl::StrCat("Illegal character in ", what), bad);
  }

  absl::StatusOr<JavaUri> ParseOpaque(size_t at) {
    const size_t end = Scan(at, text_.size(), "#");
    if (end <= at) return Expected("scheme-specific part", at);
    if (absl::Status status = CheckChars(at, end, kUric, "opaque part"); !status.ok()) {
      return status;
    }
    return ParseFragment(end);
  }

  absl::StatusOr<JavaUri> ParseHierarchical(size_t at) {
    if (absl::StartsWith(text_.substr(at), "//")) {
      at += 2;
      const size_t end = Scan(at, text_.size(), "/?#");
      if (end > at) {
        if (absl::Status status = ParseAuthority(at, end); !status.ok()) return status;
      } else if (end == text_.size()) {
        return Expected("authority", at);
      }
      at = end;
    }
    size_t end = Scan(at, text_.size(), "?#");
    if (absl::Status status = CheckChars(at, end, kPath, "path"); !status.ok()) return status;
    uri_.path = PercentDecoded(text_.substr(at, end - at));
    if (end < text_.size() && text_[end] == '?') {
      const size_t query = end + 1;
      end = Scan(query, text_.size(), "#");
      if (absl::Status status = CheckChars(query, end, kUric, "query"); !status.ok()) return status;
    }
    return ParseFragment(end);
  }

  absl::StatusOr<JavaUri> ParseFragment(size_t at) {
    if (at < text_.size()) {
      if (absl::Status status = CheckChars(at + 1, text_.size(), kUric, "fragment"); !status.ok()) {
        return status;
      }
    }
    return std::move(uri_);
  }

  // An authority that is no `host:port` but could be a registry's name is fine and has no host.
  absl::Status ParseAuthority(size_t from, size_t to) {
    if (ScanFitting(from, to, kServer) == to && ParseServer(from, to)) return absl::OkStatus();
    uri_.host = absl::nullopt;
    uri_.port = -1;
    if (ScanFitting(from, to, kRegistryName) == to) return absl::OkStatus();
    return Fail("Illegal character in authority", from);
  }

  bool ParseServer(size_t from, size_t to) {
    const size_t user_end = Scan(from, to, "@");
    if (user_end < to) {
      if (ScanFitting(from, user_end, kUserInfo) != user_end) return false;
      from = user_end + 1;
    }
    size_t end = 0;
    if (from < to && text_[from] == '[') {
      end = Scan(from, to, "]");
      if (end == to || !IsIpv6(text_.substr(from + 1, end - from - 1))) return false;
      ++end;
    } else {
      end = Scan(from, to, ":");
      if (!IsHostName(text_.substr(from, end - from))) return false;
    }
    uri_.host = std::string(text_.substr(from, end - from));
    if (end == to) return true;
    if (text_[end] != ':') return false;
    const absl::string_view port = text_.substr(end + 1, to - end - 1);
    return port.empty() || (std::all_of(port.begin(), port.end(), absl::ascii_isdigit) &&
                            absl::SimpleAtoi(port, &uri_.port));
  }

  static bool IsIpv6(absl::string_view text) {
    unsigned char buffer[sizeof(in6_addr)];
    return inet_pton(AF_INET6, std::string(text.substr(0, text.find('%'))).c_str(), buffer) == 1;
  }

  // Labels of letters, digits and inner hyphens; unless all is an IPv4 address, the last begins
  // with a letter.
  static bool IsHostName(absl::string_view host) {
    unsigned char buffer[sizeof(in_addr)];
    if (inet_pton(AF_INET, std::string(host).c_str(), buffer) == 1) return true;
    if (absl::EndsWith(host, ".")) host.remove_suffix(1);
    const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
    for (const absl::string_view label : labels) {
      if (label.empty() || label.front() == '-' || label.back() == '-') return false;
      if (!std::all_of(label.begin(), label.end(),
                       [](char c) { return absl::ascii_isalnum(c) || c == '-'; })) {
        return false;
      }
    }
    return absl::ascii_isalpha(labels.back().front());
  }

  absl::string_view text_;
  JavaUri uri_;
};

}  // namespace

absl::StatusOr<JavaUri> ParseJavaUri(absl::string_view text) { return Parser(text).Parse(); }

}  // namespace openvidu::emulator
