#ifndef COMMON_MUTEX_CHECKS_H_
#define COMMON_MUTEX_CHECKS_H_

namespace openvidu::token {

/// Turns off what absl::Mutex checks for those who debug it: Debian builds Abseil so that every
/// lock, and gRPC's are these, is looked up in a graph of the order in which locks were taken, and
/// the program aborted where that has a cycle. Upstream's release builds do without. Measured: 4 to
/// 8 % of the CPU of server and gateway. To be called before the first thread starts.
void SkipMutexChecks();

}  // namespace openvidu::token

#endif  // COMMON_MUTEX_CHECKS_H_
