#ifndef EMULATOR_REQUEST_RULES_H_
#define EMULATOR_REQUEST_RULES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "emulator/http_message.h"

/// What Spring looks at in a request before the application does.
namespace openvidu::emulator {

/// Whether the firewall lets the method through (openvidu-rest.md §1 "methods").
bool IsAllowedMethod(absl::string_view method);

/// Whether the firewall lets the path through (StrictHttpFirewall; openvidu-rest.md §1 "Paths").
bool IsAllowedPath(absl::string_view path);

/// Whether the request comes from a page of another origin, and whether it is the question before
/// such a one.
bool IsCrossOrigin(const HttpRequest& request);
bool IsPreflight(const HttpRequest& request);
/// Adds what the CORS filter adds: `Vary`, and where the request is cross-origin the
/// `Access-Control-…` lines.
void AddCorsHeaders(const HttpRequest& request, HttpResponse* response);

/// What Spring thinks of a Content-Type.
enum class BodyType {
  kJson,
  kNone,         ///< No header, or an empty one: fine as long as there is no body.
  kUnsupported,  ///< Answered with what would be supported.
  kWildcard,     ///< Makes Spring stumble before that.
};
BodyType ClassifyBodyType(const HttpRequest& request);

/// Reads a query parameter as Spring reads a boolean (openvidu-rest.md §2 "Query booleans").
/// Errors: kInvalidArgument (not a boolean).
absl::StatusOr<bool> QueryBoolean(absl::string_view query, absl::string_view name,
                                  bool default_value);

}  // namespace openvidu::emulator

#endif  // EMULATOR_REQUEST_RULES_H_
