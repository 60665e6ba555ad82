#include "client/cli/curl.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "http/http_url.h"
#include "proto/json_mapping.h"
#include "proto/json_names.h"

namespace openvidu::token {
namespace {

using Kind = CommandSpec::Kind;

bool IsUnreserved(char c) {  // RFC 3986 2.3
  return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~';
}

std::string PathSegment(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out += c;
    } else {
      absl::StrAppendFormat(&out, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string PathOf(const Call& call) {
  if (call.kind == Kind::kInitSession) return "/api/sessions";
  return absl::StrCat("/api/sessions/", PathSegment(call.session_id),
                      call.kind == Kind::kJoin ? "/join" : "/connections");
}

/// What the gateway would take for a property of the other kind too (gateway/request_body.cc).
absl::Status CheckAdditional(const google::protobuf::Message& properties,
                             const google::protobuf::Message& others) {
  const auto mine = AdditionalProperties(properties);
  const auto theirs = AdditionalProperties(others);
  for (const auto& [name, value] : mine) {
    const auto same = theirs.find(name);
    const bool is_equal = same != theirs.end() && same->second == value;
    if (is_equal || (same == theirs.end() && FindField(*others.GetDescriptor(), name) != nullptr)) {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("REST has no equal call: the property '", name,
                     "' would be the session's and the connection's there"));
  }
  return absl::OkStatus();
}

/// Two JSON objects in one. As text: OpenVidu's numbers have more digits than ours.
std::string Merged(absl::string_view a, absl::string_view b) {
  if (a == "{}") return std::string(b);
  if (b == "{}") return std::string(a);
  return absl::StrCat(a.substr(0, a.size() - 1), ",", b.substr(1));
}

absl::StatusOr<std::string> BodyOf(const Call& call) {
  if (call.kind == Kind::kInitSession) return PropertiesToJson(call.session);
  absl::StatusOr<std::string> connection = PropertiesToJson(call.connection);
  if (call.kind != Kind::kJoin || !connection.ok()) return connection;
  const absl::StatusOr<std::string> session = PropertiesToJson(call.session);
  if (!session.ok()) return session;
  for (const absl::Status& mistake : {CheckAdditional(call.session, call.connection),
                                      CheckAdditional(call.connection, call.session)}) {
    if (!mistake.ok()) return mistake;
  }
  return Merged(*session, *connection);
}

/// A header with the token, which the shell puts in. In its double quotes only these mean something
/// (POSIX 2.2.3), and none is left to the file's name, which has quotes of its own.
std::string Authorization(const CurlOptions& options) {
  if (options.token_file.empty()) return "\"Authorization: Bearer $TOKEN_AUTH_TOKEN\"";
  return absl::StrCat("\"Authorization: Bearer $(cat ", ShellQuoted(options.token_file), ")\"");
}

absl::StatusOr<std::string> Command(std::vector<std::string> words, const std::string& path,
                                    const CurlOptions& options) {
  const absl::StatusOr<HttpUrl> url = ParseHttpUrl(options.gateway_url, "--gateway_url");
  if (!url.ok()) return url.status();
  words.insert(words.begin(), {"curl", "-sS"});
  absl::string_view base = options.gateway_url;
  absl::ConsumeSuffix(&base, "/");
  words.push_back(ShellQuoted(absl::StrCat(base, path)));
  return absl::StrJoin(words, " ");
}

}  // namespace

std::string ShellQuoted(absl::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsUnreserved(c) || absl::StrContains("/:@%+=,", c);
  });
  // A leading '~' is somebody's home.
  if (plain && text[0] != '~') return std::string(text);
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", R"('\'')"}}), "'");
}

absl::StatusOr<std::string> CurlOf(const Call& call, const CurlOptions& options) {
  const absl::StatusOr<std::string> body = BodyOf(call);
  if (!body.ok()) return absl::InvalidArgumentError(body.status().message());
  std::vector<std::string> words = {"-X", "POST", "-H", "'Content-Type: application/json'"};
  if (options.has_token) words.insert(words.end(), {"-H", Authorization(options)});
  if (!call.request_id.empty()) {
    words.insert(words.end(),
                 {"-H", ShellQuoted(absl::StrCat("Idempotency-Key: ", call.request_id))});
  }
  words.insert(words.end(), {"--max-time", absl::StrCat(absl::ToDoubleSeconds(options.timeout)),
                             "--data-raw", ShellQuoted(*body)});
  return Command(std::move(words), PathOf(call), options);
}

absl::StatusOr<std::string> CurlOfHealth(const CurlOptions& options) {
  return Command({"--max-time", absl::StrCat(absl::ToDoubleSeconds(options.timeout))}, "/readyz",
                 options);
}

}  // namespace openvidu::token
