#include "common/mutex_checks.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/synchronization/mutex.h"

namespace openvidu::token {
namespace {

/// Takes two locks in one order and then in the other, which no other thread ever sees.
void ExitAfterACycle() {
  absl::Mutex first;
  absl::Mutex second;
  for (auto [one, other] : {std::pair(&first, &second), std::pair(&second, &first)}) {
    one->Lock();
    other->Lock();
    other->Unlock();
    one->Unlock();
  }
  std::_Exit(0);
}

// Says why the next one is needed: where it fails, Abseil is built otherwise, and SkipMutexChecks()
// can go.
TEST(MutexChecksTest, AbseilIsBuiltForDebugging) {
  EXPECT_DEATH(ExitAfterACycle(), "Potential Mutex deadlock");
}

TEST(MutexChecksTest, AreSkipped) {
  EXPECT_EXIT(
      {
        SkipMutexChecks();
        ExitAfterACycle();
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace openvidu::token
