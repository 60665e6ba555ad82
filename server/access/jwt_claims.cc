#include "server/access/jwt_claims.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

// The end of the year 9999: nobody means a later time, and none before it overflows.
constexpr double kMaxSeconds = 253402300799;

absl::Status Refuse(absl::string_view reason, absl::string_view text) {
  return WithReason(absl::UnauthenticatedError(text), reason);
}

/// A NumericDate (RFC 7519 §2); none where it is not there.
absl::StatusOr<std::optional<absl::Time>> TimeOf(const Json& claims, const char* name) {
  const auto claim = claims.find(name);
  if (claim == claims.end()) return std::nullopt;
  const double seconds = claim->is_number() ? claim->get<double>() : -1;
  if (!(seconds >= 0 && seconds <= kMaxSeconds)) {
    return Refuse("TOKEN_MALFORMED",
                  absl::StrCat("The token's '", name, "' is not a number of seconds since 1970"));
  }
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

absl::Status CheckTimes(const Json& claims, absl::Duration skew, absl::Time now) {
  const auto expires = TimeOf(claims, "exp");
  if (!expires.ok()) return expires.status();
  if (!expires->has_value()) {
    return Refuse("TOKEN_MALFORMED", "The token has no 'exp'; one that never expires is not taken");
  }
  if (now >= **expires + skew) {
    return Refuse("TOKEN_EXPIRED", absl::StrCat("The token has expired at ",
                                                absl::FormatTime(absl::RFC3339_sec, **expires,
                                                                 absl::UTCTimeZone())));
  }
  for (const char* name : {"nbf", "iat"}) {
    const auto from = TimeOf(claims, name);
    if (!from.ok()) return from.status();
    if (from->has_value() && now < **from - skew) {
      return Refuse("TOKEN_NOT_YET_VALID",
                    absl::StrCat("The token's '", name, "' is in the future, ",
                                 absl::FormatTime(absl::RFC3339_sec, **from, absl::UTCTimeZone()),
                                 ": is a clock wrong?"));
    }
  }
  return absl::OkStatus();
}

bool IsAudience(const Json& audience, const JwtRules& rules) {
  return audience.is_string() &&
         std::find(rules.audiences.begin(), rules.audiences.end(),
                   audience.get_ref<const std::string&>()) != rules.audiences.end();
}

absl::Status CheckAudience(const Json& claims, const JwtRules& rules) {
  const auto audience = claims.find("aud");
  if (audience == claims.end()) return Refuse("TOKEN_AUDIENCE", "The token has no 'aud'");
  if (!audience->is_array() && !audience->is_string()) {
    return Refuse("TOKEN_MALFORMED", "The token's 'aud' is neither a text nor a list of texts");
  }
  bool ours = IsAudience(*audience, rules);
  if (audience->is_array()) {
    for (const Json& one : *audience) {
      if (!one.is_string()) {
        return Refuse("TOKEN_MALFORMED", "The token's 'aud' is neither a text nor a list of texts");
      }
      ours = ours || IsAudience(one, rules);
    }
  }
  if (ours) return absl::OkStatus();
  return Refuse("TOKEN_AUDIENCE", "The token is not for this service: its 'aud' names others");
}

/// Of text that is UTF-8: whether nothing in it moves a cursor, ends a line or hides.
bool IsPrintable(absl::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return false;
    const absl::string_view rest = text.substr(i);
    if (c == 0xc2 && static_cast<unsigned char>(rest[1]) < 0xa0) return false;  // C1 controls
    if (absl::StartsWith(rest, "\xef\xbb\xbf")) return false;                   // U+FEFF
    if (!absl::StartsWith(rest, "\xe2\x80") && !absl::StartsWith(rest, "\xe2\x81")) continue;
    const unsigned char last = static_cast<unsigned char>(rest[2]);
    // U+200B…200F, U+2028…202E, U+2060…206F: no width, line ends, and the direction of writing.
    if (rest[1] == '\x80' ? (last >= 0x8b && last <= 0x8f) || (last >= 0xa8 && last <= 0xae)
                          : last >= 0xa0 && last <= 0xaf) {
      return false;
    }
  }
  return true;
}

absl::Status CheckSubject(const Json& claims) {
  const auto subject = claims.find("sub");
  if (subject == claims.end()) return Refuse("TOKEN_SUBJECT", "The token has no 'sub'");
  if (!subject->is_string()) return Refuse("TOKEN_SUBJECT", "The token's 'sub' is no text");
  const std::string& text = subject->get_ref<const std::string&>();
  if (text.empty() || text.size() > kMaxSubjectBytes || !IsPrintable(text)) {
    return Refuse("TOKEN_SUBJECT", absl::StrCat("The token's 'sub' is not 1 to ", kMaxSubjectBytes,
                                                " bytes of printable text"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckClaims(const Json& claims, const JwtRules& rules, absl::Time now) {
  const auto issuer = claims.find("iss");
  if (issuer == claims.end() || !issuer->is_string() ||
      issuer->get_ref<const std::string&>() != rules.issuer) {
    return Refuse("TOKEN_ISSUER", "The token's 'iss' is not the issuer that is trusted here");
  }
  if (absl::Status status = CheckAudience(claims, rules); !status.ok()) return status;
  if (absl::Status status = CheckTimes(claims, rules.clock_skew, now); !status.ok()) return status;
  return CheckSubject(claims);
}

}  // namespace openvidu::token
