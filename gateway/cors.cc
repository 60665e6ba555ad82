#include "gateway/cors.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace openvidu::token {
namespace {

constexpr char kPreflightMaxAge[] = "7200";  // seconds; the most that Chromium keeps it

bool IsNameChar(char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; }

/// Labels with dots in between: no dot at an end, nor two side by side.
bool IsName(absl::string_view text) {
  for (const absl::string_view label : absl::StrSplit(text, '.')) {
    if (label.empty() || !std::all_of(label.begin(), label.end(), IsNameChar)) return false;
  }
  return true;
}

bool IsPort(absl::string_view text) {
  int port = 0;
  return !text.empty() && absl::ascii_isdigit(text[0]) && absl::SimpleAtoi(text, &port) &&
         port >= 1 && port <= 65535;
}

/// A host, maybe with a port, without the scheme.
bool IsHost(absl::string_view text) {
  const size_t bracket = text.rfind(']');
  const size_t colon = text.rfind(':');
  const bool has_port =
      colon != absl::string_view::npos && (bracket == absl::string_view::npos || colon > bracket);
  if (has_port && !IsPort(text.substr(colon + 1))) return false;
  absl::string_view host = has_port ? text.substr(0, colon) : text;
  if (!absl::ConsumePrefix(&host, "[")) return IsName(host);
  return absl::ConsumeSuffix(&host, "]") && !host.empty() &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return absl::ascii_isxdigit(c) || c == ':' || c == '.'; });
}

/// Lets a page of this origin read the answer, and what it says beside its body.
void AllowOrigin(const std::string& origin, httplib::Response& response) {
  response.set_header("Access-Control-Allow-Origin", origin);
  response.set_header("Access-Control-Expose-Headers",
                      "Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
                      "WWW-Authenticate, X-Request-Id");
}

}  // namespace

bool Cors::Pattern::Matches(absl::string_view lower_case_origin) const {
  if (suffix.empty()) return lower_case_origin == origin;
  return absl::ConsumePrefix(&lower_case_origin, origin) &&
         absl::ConsumeSuffix(&lower_case_origin, suffix) && IsName(lower_case_origin);
}

absl::StatusOr<Cors> Cors::Create(absl::string_view allowed_origins) {
  if (absl::StripAsciiWhitespace(allowed_origins) == "*") return Cors({});
  std::vector<Pattern> patterns;
  for (absl::string_view origin : absl::StrSplit(allowed_origins, ',')) {
    origin = absl::StripAsciiWhitespace(origin);
    const std::string lower_case = absl::AsciiStrToLower(origin);
    absl::string_view host = lower_case;
    const bool https = absl::ConsumePrefix(&host, "https://");
    const bool has_scheme = https || absl::ConsumePrefix(&host, "http://");
    // Browsers do not say the port that the scheme has by itself (RFC 6454 6.2).
    absl::ConsumeSuffix(&host, https ? ":443" : ":80");
    const bool wildcard = absl::ConsumePrefix(&host, "*.");
    if (!has_scheme || !IsHost(host) || (wildcard && host[0] == '[')) {
      return absl::InvalidArgumentError(
          absl::StrCat("cors_allowed_origins: '", origin,
                       "' is not an origin such as https://app.example.com or "
                       "https://*.example.com (no path, no slash at the end), nor the only one, "
                       "*"));
    }
    const absl::string_view scheme = https ? "https://" : "http://";
    patterns.push_back(wildcard ? Pattern{std::string(scheme), absl::StrCat(".", host)}
                                : Pattern{absl::StrCat(scheme, host), ""});
  }
  return Cors(std::move(patterns));
}

bool Cors::IsPreflight(const httplib::Request& request) {
  return request.method == "OPTIONS" && request.has_header("Origin") &&
         request.has_header("Access-Control-Request-Method");
}

bool Cors::IsAllowed(const httplib::Request& request) const {
  if (AllowsAny()) return true;
  const std::string origin = absl::AsciiStrToLower(request.get_header_value("Origin"));
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const Pattern& pattern) { return pattern.Matches(origin); });
}

void Cors::Allow(const httplib::Request& request, httplib::Response& response) const {
  if (AllowsAny()) return AllowOrigin("*", response);
  // A cache must not give one origin's answer to another.
  response.set_header("Vary", "Origin");
  if (request.has_header("Origin") && IsAllowed(request)) {
    AllowOrigin(request.get_header_value("Origin"), response);
  }
}

void Cors::AnswerPreflight(const httplib::Request& request, absl::string_view methods,
                           httplib::Response& response) const {
  response.status = 204;
  if (!IsAllowed(request)) return;
  response.set_header("Access-Control-Allow-Methods", std::string(methods));
  const std::string headers = request.get_header_value("Access-Control-Request-Headers");
  if (!headers.empty()) response.set_header("Access-Control-Allow-Headers", headers);
  response.set_header("Access-Control-Max-Age", kPreflightMaxAge);
  response.headers.emplace("Vary", "Access-Control-Request-Headers");
}

}  // namespace openvidu::token
