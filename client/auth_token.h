#ifndef CLIENT_AUTH_TOKEN_H_
#define CLIENT_AUTH_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Reads the bearer token to call by from `token_file` (one trailing newline is dropped), or else
/// from $TOKEN_AUTH_TOKEN, which it takes out of the environment, where others could read it. There
/// is no flag for the token itself: `ps` would show it. Returns "" where there is none. Errors:
/// kInvalidArgument where both are given, the file cannot be read, or what is there is no token. No
/// error text holds it.
absl::StatusOr<std::string> ReadAuthToken(const std::string& token_file);

/// Whether calls to this gRPC target stay on this machine: a Unix socket, or `localhost` or a
/// loopback address and nothing else.
bool IsLocalTarget(absl::string_view target);

/// Whether the token may go to the server: over TLS, within this machine, or where `insecure` says
/// that it may be read on its way. Errors: kInvalidArgument.
absl::Status CheckTokenIsSafe(absl::string_view token, absl::string_view target, bool tls,
                              bool insecure);

}  // namespace openvidu::token

#endif  // CLIENT_AUTH_TOKEN_H_
