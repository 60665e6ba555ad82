#include "common/environment.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace openvidu::token {
namespace {

TEST(EnvironmentTest, FoldersFollowTheXdgSpecification) {
  setenv("HOME", "/home/ada", 1);
  setenv("XDG_STATE_HOME", "/states", 1);
  setenv("XDG_CONFIG_HOME", "/configs", 1);
  EXPECT_EQ(StateFolderFromEnv(), "/states/openvidu-token-service");
  EXPECT_EQ(ConfigFolderFromEnv(), "/configs/openvidu-token");
  for (const char* no_folder : {"", "relative"}) {
    setenv("XDG_STATE_HOME", no_folder, 1);
    setenv("XDG_CONFIG_HOME", no_folder, 1);
    EXPECT_EQ(StateFolderFromEnv(), "/home/ada/.local/state/openvidu-token-service");
    EXPECT_EQ(ConfigFolderFromEnv(), "/home/ada/.config/openvidu-token");
  }
  unsetenv("HOME");
  EXPECT_EQ(StateFolderFromEnv(), "");
  EXPECT_EQ(ConfigFolderFromEnv(), "");
}

}  // namespace
}  // namespace openvidu::token
