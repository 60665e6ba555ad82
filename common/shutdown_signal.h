#ifndef COMMON_SHUTDOWN_SIGNAL_H_
#define COMMON_SHUTDOWN_SIGNAL_H_

namespace openvidu::token {

/// Blocks SIGTERM and SIGINT in the calling thread and all that it starts from now on, and ignores
/// SIGPIPE (a peer that went away is an error of one write). Call first in main().
void BlockShutdownSignals();

/// Waits for SIGTERM or SIGINT and returns it. From then on a second one ends the process at once,
/// with exit code 128 + its number (143, 130).
int WaitForShutdownSignal();

}  // namespace openvidu::token

#endif  // COMMON_SHUTDOWN_SIGNAL_H_
