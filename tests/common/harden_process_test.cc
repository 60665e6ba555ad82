#include "common/harden_process.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdlib>

namespace openvidu::token {
namespace {

void ExitBySuccess() {
  HardenProcess();
  rlimit core{.rlim_cur = 1, .rlim_max = 1};
  getrlimit(RLIMIT_CORE, &core);
  const bool hardened = prctl(PR_GET_DUMPABLE) == 0 && core.rlim_cur == 0 && core.rlim_max == 0;
  std::_Exit(hardened ? 0 : 1);
}

// In a process of its own: the others of this program may be debugged.
TEST(HardenProcessTest, LeavesNoCoreAndNoDebugger) {
  EXPECT_EQ(prctl(PR_GET_DUMPABLE), 1);
  EXPECT_EXIT(ExitBySuccess(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace openvidu::token
