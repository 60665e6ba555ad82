#include "emulator/request_rules.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "emulator/enums.h"
#include "emulator/percent.h"

namespace openvidu::emulator {

bool IsAllowedMethod(absl::string_view method) {
  constexpr absl::string_view kMethods[] = {"DELETE", "GET",  "HEAD", "OPTIONS",
                                            "PATCH",  "POST", "PUT"};
  return IsOneOf(method, kMethods);
}

bool IsAllowedPath(absl::string_view path) {
  const std::string lower = absl::AsciiStrToLower(path);
  for (const absl::string_view forbidden : {";", "%3b", "//", "%2f", "\\", "%5c", "%25", "%2e",
                                            "%00", "%0a", "%0d", "%e2%80%a8", "%e2%80%a9"}) {
    if (absl::StrContains(lower, forbidden)) return false;
  }
  for (const absl::string_view segment : absl::StrSplit(path, '/')) {
    if (segment == "." || segment == "..") return false;
  }
  return true;
}

bool IsCrossOrigin(const HttpRequest& request) {
  const std::string* origin = request.Find("origin");
  if (origin == nullptr) return false;
  // The emulator speaks plain HTTP, so its own origin is http://<Host>, with or without the default
  // port.
  const std::string* host = request.Find("host");
  absl::string_view authority = host == nullptr ? absl::string_view() : absl::string_view(*host);
  absl::string_view theirs = *origin;
  if (!absl::ConsumePrefix(&theirs, "http://")) return true;
  absl::ConsumeSuffix(&authority, ":80");
  absl::ConsumeSuffix(&theirs, ":80");
  return theirs != authority;
}

bool IsPreflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && request.Find("origin") != nullptr &&
         request.Find("access-control-request-method") != nullptr;
}

void AddCorsHeaders(const HttpRequest& request, HttpResponse* response) {
  for (const char* header :
       {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}) {
    response->Add("Vary", header);
  }
  if (!IsCrossOrigin(request)) return;
  response->Add("Access-Control-Allow-Origin", "*");
  if (!IsPreflight(request)) return;
  response->Add("Access-Control-Allow-Methods", *request.Find("access-control-request-method"));
  std::vector<absl::string_view> names;
  for (const HttpHeader& header : request.headers) {
    if (!absl::EqualsIgnoreCase(header.name, "access-control-request-headers")) continue;
    for (const absl::string_view name : absl::StrSplit(header.value, ',')) {
      const absl::string_view trimmed = absl::StripAsciiWhitespace(name);
      if (!trimmed.empty()) names.push_back(trimmed);
    }
  }
  if (!names.empty()) response->Add("Access-Control-Allow-Headers", absl::StrJoin(names, ", "));
}

absl::StatusOr<bool> QueryBoolean(absl::string_view query, absl::string_view name,
                                  bool default_value) {
  for (const absl::string_view pair : absl::StrSplit(query, '&')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    const auto decode = [](absl::string_view text) {
      return PercentDecode(absl::StrReplaceAll(text, {{"+", " "}}));
    };
    // Tomcat ignores a parameter with a broken escape.
    const absl::optional<std::string> key = decode(parts.first);
    const absl::optional<std::string> text = decode(parts.second);
    if (!key.has_value() || !text.has_value() || *key != name) continue;
    const std::string value = absl::AsciiStrToLower(absl::StripAsciiWhitespace(*text));
    if (value.empty()) return default_value;
    constexpr absl::string_view kTrue[] = {"true", "on", "yes", "1"};
    constexpr absl::string_view kFalse[] = {"false", "off", "no", "0"};
    if (IsOneOf(value, kTrue)) return true;
    if (IsOneOf(value, kFalse)) return false;
    return absl::InvalidArgumentError("not a boolean");
  }
  return default_value;
}

}  // namespace openvidu::emulator
