#ifndef CLIENT_CLI_CURL_H_
#define CLIENT_CLI_CURL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/cli/calls.h"

namespace openvidu::token {

/// What a curl command has beside the call.
struct CurlOptions {
  std::string gateway_url;
  bool has_token = false;  ///< Whether the call is made by a bearer token.
  std::string token_file;  ///< Where it is; empty: in $TOKEN_AUTH_TOKEN.
  absl::Duration timeout;
};

/// `text` as one word of a POSIX shell.
std::string ShellQuoted(absl::string_view text);

/// The call of the gateway's REST API that is equal to `call`, as a command for a POSIX shell. The
/// token is not in it: it names the variable or the file. Errors: kInvalidArgument, naming what:
/// a property that is none, a URL that is none, and what REST cannot say, which takes the
/// properties of both kinds in one object.
absl::StatusOr<std::string> CurlOf(const Call& call, const CurlOptions& options);

/// The same for the server's health.
absl::StatusOr<std::string> CurlOfHealth(const CurlOptions& options);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_CURL_H_
