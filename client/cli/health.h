#ifndef CLIENT_CLI_HEALTH_H_
#define CLIENT_CLI_HEALTH_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cli/output.h"
#include "common/cancellation.h"

namespace openvidu::token {

/// Asks the health service once, for its word, such as SERVING. The channel is one that calls
/// servers of any health. Errors: gRPC's.
absl::StatusOr<std::string> HealthOf(const std::shared_ptr<grpc::Channel>& channel,
                                     absl::Duration timeout);

/// Asks the health service once, prints its word and returns the exit code: kExitUnavailable for
/// all but SERVING. The channel is one that calls servers of any health.
int RunHealth(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout,
              Console& console);

/// Prints each change of the server's health until `end` is cancelled, and returns kExitOk then.
/// Where a server cannot be reached it tries on. Errors that no waiting cures end it, with their
/// exit code.
int RunWatch(const std::shared_ptr<grpc::Channel>& channel, Cancellation& end, Console& console);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_HEALTH_H_
