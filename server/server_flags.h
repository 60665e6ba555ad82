#ifndef SERVER_SERVER_FLAGS_H_
#define SERVER_SERVER_FLAGS_H_

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/token_server.h"

ABSL_DECLARE_FLAG(absl::Duration, shutdown_grace);

namespace openvidu::token {

/// The options that token-server and token-standalone share, from flags and environment; the secret
/// is read only here. `with_secret` is false where the caller brings an OpenVidu of its own.
/// Errors: kInvalidArgument naming every mistake, one a line.
absl::StatusOr<TokenServerOptions> ServerOptionsFromFlags(bool with_secret = true);

}  // namespace openvidu::token

#endif  // SERVER_SERVER_FLAGS_H_
