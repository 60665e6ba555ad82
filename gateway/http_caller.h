#ifndef GATEWAY_HTTP_CALLER_H_
#define GATEWAY_HTTP_CALLER_H_

#include <httplib.h>

#include <memory>
#include <string>
#include <vector>

#include "common/call_context.h"
#include "gateway/client_address.h"

namespace openvidu::token {

inline constexpr char kForwardedForHeader[] = "X-Forwarded-For";
inline constexpr char kRequestIdHeader[] = "X-Request-Id";

/// Returns all values of X-Forwarded-For as one list.
std::string ForwardedForOf(const httplib::Request& request);

/// Returns the request's X-Request-Id, or a new one (128 random bits, in hex) where it has none, or
/// several, or one that is none (IsRequestId).
std::string RequestIdOf(const httplib::Request& request);

/// Returns the trace that a request says that it is a part of, if it does.
TraceContext TraceContextOf(const httplib::Request& request);

/// Returns who makes a request. `certificate_names` are those of the peer's verified certificate:
/// of a trusted proxy that forwards for another, they are nobody's who calls.
std::shared_ptr<const Caller> CallerOf(const httplib::Request& request, std::string request_id,
                                       std::vector<std::string> certificate_names,
                                       const TrustedProxies& proxies);

/// Returns the challenge of a 401 (RFC 6750 3).
std::string ChallengeTo(const Caller& caller);

}  // namespace openvidu::token

#endif  // GATEWAY_HTTP_CALLER_H_
