#include "common/environment.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace openvidu::token {
namespace {

TEST(EnvironmentTest, StateFolderFollowsTheXdgSpecification) {
  setenv("HOME", "/home/ada", 1);
  setenv("XDG_STATE_HOME", "/states", 1);
  EXPECT_EQ(StateFolderFromEnv(), "/states/openvidu-token-service");
  for (const char* no_folder : {"", "relative"}) {
    setenv("XDG_STATE_HOME", no_folder, 1);
    EXPECT_EQ(StateFolderFromEnv(), "/home/ada/.local/state/openvidu-token-service");
  }
  unsetenv("HOME");
  EXPECT_EQ(StateFolderFromEnv(), "");
}

}  // namespace
}  // namespace openvidu::token
