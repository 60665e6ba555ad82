#include "common/log.h"

#include <gtest/gtest.h>

namespace openvidu::token {
namespace {

TEST(LogTest, TextFromOutsideCannotStartALineOrHideInOne) {
  EXPECT_EQ(Printable("room-1"), "room-1");
  EXPECT_EQ(Printable("a\nERROR b\x1b[2K\xc3\xa9"), "a\\x0aERROR b\\x1b[2K\\xc3\\xa9");
  EXPECT_EQ(Printable("abcdef", 3), "abc…");
}

}  // namespace
}  // namespace openvidu::token
