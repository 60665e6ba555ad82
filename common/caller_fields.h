#ifndef COMMON_CALLER_FIELDS_H_
#define COMMON_CALLER_FIELDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace openvidu::token {

// How both doors read what a Caller (common/caller.h) is made of, so that they agree.

/// The bearer token of a caller who brought a credential that is none: no verification accepts it,
/// for it is no JWT. So nobody who tried is taken for an anonymous caller.
inline constexpr char kUnusableToken[] = "-";

/// A longer bearer token is unusable.
inline constexpr size_t kMaxBearerTokenBytes = 8192;

/// Returns the token in the values of `Authorization` (RFC 6750 2.1; the scheme in any case), ""
/// where there is no value, and kUnusableToken where there are several, or one of another scheme or
/// with what is no token.
std::string BearerTokenOf(const std::vector<absl::string_view>& authorization);

/// Whether `text` can be a request id: 1 to 128 graphic ASCII characters.
bool IsRequestId(absl::string_view text);

/// Returns the canonical form of an IPv4 or IPv6 address (RFC 5952; an IPv4 address mapped into
/// IPv6 in its IPv4 form; without a zone), or "" where `text` is none.
std::string CanonicalAddress(absl::string_view text);

}  // namespace openvidu::token

#endif  // COMMON_CALLER_FIELDS_H_
