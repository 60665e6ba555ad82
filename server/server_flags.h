#ifndef SERVER_SERVER_FLAGS_H_
#define SERVER_SERVER_FLAGS_H_

#include <string>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/token_server.h"

ABSL_DECLARE_FLAG(absl::Duration, drain_delay);
ABSL_DECLARE_FLAG(absl::Duration, shutdown_grace);

namespace openvidu::token {

/// The options that token-server and token-standalone share, from flags and environment; the secret
/// is read only here. `emulate` is true where the caller brings an OpenVidu of its own: then URL
/// and secret are left for it to set. Errors: kInvalidArgument naming every mistake
/// (TokenServer::Check), one a line.
absl::StatusOr<TokenServerOptions> ServerOptionsFromFlags(const std::string& listen_address,
                                                          bool emulate = false);

}  // namespace openvidu::token

#endif  // SERVER_SERVER_FLAGS_H_
