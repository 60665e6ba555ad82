#include "server/access/jwt_verifier.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/flags.h"
#include "common/status_details.h"
#include "server/access/base64_url.h"
#include "server/access/json_object.h"
#include "server/access/jwt_claims.h"
#include "server/access/jwt_signature.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxKidBytes = 256;

// Where a token would bring the key that it is verified by (RFC 7515 §4.1).
constexpr const char* kOwnKeys[] = {"jwk", "jku", "x5c", "x5u"};

absl::Status Refuse(absl::string_view reason, absl::string_view text) {
  return WithReason(absl::UnauthenticatedError(text), reason);
}
absl::Status Malformed(absl::string_view text) { return Refuse("TOKEN_MALFORMED", text); }

template <typename List>
bool Contains(const List& list, absl::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// One part, named by `name`, that is JSON.
absl::StatusOr<Json> ParsePart(absl::string_view part, absl::string_view name) {
  const std::optional<std::string> text = DecodeBase64Url(part);
  if (!text.has_value()) {
    return Malformed(absl::StrCat("The token's ", name, " is not base64url"));
  }
  absl::StatusOr<Json> object = ParseJsonObject(*text);
  if (object.ok()) return object;
  return Malformed(absl::StrCat("The token's ", name, " ", object.status().message()));
}

/// Whether `typ` says that it is a token for access, and not one for something else. A media type
/// may be written without its "application/" (RFC 7515 §4.1.9).
bool IsAccessType(absl::string_view type) {
  constexpr absl::string_view kPrefix = "application/";
  if (absl::StartsWithIgnoreCase(type, kPrefix)) type.remove_prefix(kPrefix.size());
  return absl::EqualsIgnoreCase(type, "JWT") || absl::EqualsIgnoreCase(type, "at+jwt");
}

/// What of a header matters.
struct Header {
  std::string algorithm;
  std::optional<std::string> key_id;
};

absl::StatusOr<Header> ReadHeader(const Json& json, const JwtRules& rules) {
  Header header;
  const auto algorithm = json.find("alg");
  if (algorithm == json.end() || !algorithm->is_string()) {
    return Malformed("The token's header has no 'alg'");
  }
  header.algorithm = algorithm->get<std::string>();
  if (!Contains(rules.algorithms, header.algorithm)) {
    return Refuse("TOKEN_ALGORITHM", absl::StrCat("The token's 'alg' is none of ",
                                                  absl::StrJoin(rules.algorithms, ", ")));
  }
  if (json.contains("crit")) {
    return Malformed("The token's header has 'crit': extensions are not understood here");
  }
  for (const char* name : kOwnKeys) {
    if (json.contains(name)) {
      return Malformed(absl::StrCat("The token's header has '", name,
                                    "': a token cannot bring the key that it is verified by"));
    }
  }
  const auto type = json.find("typ");
  if (type != json.end() && !(type->is_string() && IsAccessType(type->get<std::string>()))) {
    return Malformed("The token's 'typ' is neither JWT nor at+jwt");
  }
  const auto key_id = json.find("kid");
  if (key_id == json.end()) return header;
  if (!key_id->is_string() || key_id->get_ref<const std::string&>().size() > kMaxKidBytes) {
    return Malformed(
        absl::StrCat("The token's 'kid' is not a text of ", kMaxKidBytes, " bytes at most"));
  }
  header.key_id = key_id->get<std::string>();
  return header;
}

absl::StatusOr<const VerificationKey*> FindKey(const Header& header, const VerificationKeys& keys) {
  // Only of several keys must a token name one; a single one without an id has whatever name.
  const bool single = keys.size() == 1;
  if (!single && !header.key_id.has_value()) {
    return Refuse("TOKEN_KEY_UNKNOWN", "The token names no key by 'kid', and there are several");
  }
  bool named = false;
  for (const VerificationKey& key : keys) {
    const bool matches =
        header.key_id.has_value() ? key.id == *header.key_id || (single && key.id.empty()) : single;
    if (!matches || (!single && key.id.empty())) continue;
    named = true;
    if (Contains(key.algorithms, header.algorithm)) return &key;
  }
  if (named) {
    return Refuse("TOKEN_ALGORITHM", "The token's 'alg' is none that its key is used with");
  }
  return Refuse("TOKEN_KEY_UNKNOWN", "The token's 'kid' names no key that is known here");
}

}  // namespace

absl::Status CheckJwtRules(const JwtRules& rules) {
  std::vector<absl::Status> statuses;
  const auto require = [&statuses](bool holds, absl::string_view mistake) {
    if (!holds) statuses.push_back(absl::InvalidArgumentError(mistake));
  };
  require(!rules.issuer.empty(), "jwt_issuer is missing: the 'iss' of the tokens");
  require(!rules.audiences.empty(),
          "jwt_audience is missing: the 'aud' of tokens for this service");
  require(!Contains(rules.audiences, ""), "jwt_audience names an empty audience");
  require(!rules.algorithms.empty(), "jwt_algorithms names none");
  for (const std::string& algorithm : rules.algorithms) {
    require(Contains(KnownAlgorithms(), algorithm),
            absl::StrCat("jwt_algorithms: '", algorithm, "' is none of ",
                         absl::StrJoin(KnownAlgorithms(), ", ")));
  }
  statuses.push_back(CheckNotNegative("jwt_clock_skew", rules.clock_skew));
  require(rules.clock_skew <= absl::Minutes(10), "jwt_clock_skew is above 10 minutes");
  return AllMistakes(statuses);
}

JwtVerifier::JwtVerifier(JwtRules rules) : rules_(std::move(rules)) {}

absl::StatusOr<Identity> JwtVerifier::Verify(absl::string_view token, const VerificationKeys& keys,
                                             absl::Time now) const {
  if (token.empty()) return Refuse("TOKEN_MISSING", "There is no token");
  if (token.size() > kMaxTokenBytes) {
    return Malformed(
        absl::StrCat("The token has ", token.size(), " bytes; ", kMaxTokenBytes, " are taken"));
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() == 5) return Malformed("The token is encrypted; signed ones are taken");
  if (parts.size() != 3) return Malformed("The token is no signed JWT: it has not three parts");

  const absl::StatusOr<Json> header_json = ParsePart(parts[0], "header");
  if (!header_json.ok()) return header_json.status();
  const absl::StatusOr<Header> header = ReadHeader(*header_json, rules_);
  if (!header.ok()) return header.status();
  absl::StatusOr<Json> claims = ParsePart(parts[1], "payload");
  if (!claims.ok()) return claims.status();
  const std::optional<std::string> signature = DecodeBase64Url(parts[2]);
  if (!signature.has_value()) return Malformed("The token's signature is not base64url");

  const absl::StatusOr<const VerificationKey*> key = FindKey(*header, keys);
  if (!key.ok()) return key.status();
  const absl::string_view signed_text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!HasSignatureOf(**key, header->algorithm, signed_text, *signature)) {
    return Refuse("TOKEN_SIGNATURE", "The token's signature is not that of its issuer's key");
  }
  if (absl::Status status = CheckClaims(*claims, rules_, now); !status.ok()) return status;

  Identity identity;
  identity.method = Identity::Method::kJwt;
  identity.subject = (*claims)["sub"].get<std::string>();
  identity.claims = *std::move(claims);
  return identity;
}

}  // namespace openvidu::token
