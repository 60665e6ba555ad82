#include "gateway/cors.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace openvidu::token {
namespace {

constexpr char kPreflightMaxAge[] = "7200";  // seconds; the most that Chromium keeps it

bool IsOrigin(absl::string_view origin) {
  if (!absl::ConsumePrefix(&origin, "https://") && !absl::ConsumePrefix(&origin, "http://")) {
    return false;
  }
  return !origin.empty() && std::all_of(origin.begin(), origin.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("-._:[]", c);
  });
}

}  // namespace

absl::StatusOr<Cors> Cors::Create(absl::string_view allowed_origins) {
  std::vector<std::string> origins;
  for (absl::string_view origin : absl::StrSplit(allowed_origins, ',')) {
    origin = absl::StripAsciiWhitespace(origin);
    if (origin == "*" && origins.empty() && !absl::StrContains(allowed_origins, ',')) {
      return Cors({"*"});
    }
    if (!IsOrigin(origin)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", origin,
                       "' is not an origin such as https://app.example.com (no path, no slash at "
                       "the end), nor the only one, *"));
    }
    origins.push_back(absl::AsciiStrToLower(origin));
  }
  return Cors(std::move(origins));
}

bool Cors::IsPreflight(const httplib::Request& request) {
  return request.method == "OPTIONS" && request.has_header("Origin") &&
         request.has_header("Access-Control-Request-Method");
}

bool Cors::IsAllowed(const httplib::Request& request) const {
  if (AllowsAny()) return true;
  const std::string origin = absl::AsciiStrToLower(request.get_header_value("Origin"));
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

void Cors::Allow(const httplib::Request& request, httplib::Response& response) const {
  if (AllowsAny()) {
    response.set_header("Access-Control-Allow-Origin", "*");
    return;
  }
  // A cache must not give one origin's answer to another.
  response.set_header("Vary", "Origin");
  if (request.has_header("Origin") && IsAllowed(request)) {
    response.set_header("Access-Control-Allow-Origin", request.get_header_value("Origin"));
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
