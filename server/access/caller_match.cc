#include "server/access/caller_match.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "server/access/caller_text.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

/// Equal, and of the same type: 1 is not true.
bool IsOneOf(const Json& value, const std::vector<Json>& wanted) {
  return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool ClaimMatches(const std::string& name, const Json& claim, const std::vector<Json>& wanted) {
  if (claim.is_array()) {
    return std::any_of(claim.begin(), claim.end(),
                       [&wanted](const Json& element) { return IsOneOf(element, wanted); });
  }
  if (name == "scope" && claim.is_string()) {
    const std::vector<std::string> words =
        absl::StrSplit(claim.get_ref<const std::string&>(), ' ', absl::SkipEmpty());
    return std::any_of(words.begin(), words.end(),
                       [&wanted](const std::string& word) { return IsOneOf(word, wanted); });
  }
  return IsOneOf(claim, wanted);
}

}  // namespace

bool CallerMatch::Matches(const Identity& identity) const {
  switch (kind) {
    case Kind::kEveryone:
      return true;
    case Kind::kAnonymous:
      return identity.method == Identity::Method::kNone;
    case Kind::kAuthenticated:
      return identity.method != Identity::Method::kNone;
    case Kind::kClaims:
      return identity.method == Identity::Method::kJwt &&
             std::all_of(claims.begin(), claims.end(), [&identity](const auto& wanted) {
               const Json* claim = FindClaim(identity, wanted.first);
               return claim != nullptr && ClaimMatches(wanted.first, *claim, wanted.second);
             });
    case Kind::kCertificate:
      return identity.method == Identity::Method::kCertificate &&
             names.Find(identity.certificate_names) != nullptr;
  }
  return false;
}

}  // namespace openvidu::token
