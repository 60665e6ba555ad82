#include "common/mutex_checks.h"

#include "absl/synchronization/mutex.h"

namespace openvidu::token {

void SkipMutexChecks() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

}  // namespace openvidu::token
