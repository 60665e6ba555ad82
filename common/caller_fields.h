#ifndef COMMON_CALLER_FIELDS_H_
#define COMMON_CALLER_FIELDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

// How both doors read what a Caller (common/call_context.h) is made of, so that they agree.

/// The bearer token of a caller who brought a credential that is none: no verification accepts it,
/// for it is no JWT. So nobody who tried is taken for an anonymous caller.
inline constexpr char kUnusableToken[] = "-";

/// A longer bearer token is unusable.
inline constexpr size_t kMaxBearerTokenBytes = 8192;

/// How many names of one certificate are looked at, and how long each may be.
inline constexpr size_t kMaxCertificateNames = 32;
inline constexpr size_t kMaxCertificateNameBytes = 512;

/// Returns the token in the values of `Authorization` (RFC 6750 2.1; the scheme in any case), ""
/// where there is no value, and kUnusableToken where there are several, or one of another scheme or
/// with what is no token.
std::string BearerTokenOf(const std::vector<absl::string_view>& authorization);

/// Whether `text` can be a request id: 1 to 128 graphic ASCII characters.
bool IsRequestId(absl::string_view text);

/// Whether `text` is a certificate's name: `dns:`, `uri:`, `email:`, `ip:` or `cn:` and printable
/// ASCII characters, kMaxCertificateNameBytes at most.
bool IsCertificateName(absl::string_view text);

/// Reads a list of certificate names, comma-separated; a DNS name may be in any case. Errors:
/// kInvalidArgument quoting what is none, with `flag`, that the list is of.
absl::StatusOr<std::vector<std::string>> ParseCertificateNames(absl::string_view flag,
                                                               absl::string_view names);

/// Returns the canonical form of an IPv4 or IPv6 address (RFC 5952; an IPv4 address mapped into
/// IPv6 in its IPv4 form; without a zone), or "" where `text` is none.
std::string CanonicalAddress(absl::string_view text);

}  // namespace openvidu::token

#endif  // COMMON_CALLER_FIELDS_H_
