#include "common/harden_process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace openvidu::token {

void HardenProcess() {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{};
  setrlimit(RLIMIT_CORE, &none);
}

}  // namespace openvidu::token
