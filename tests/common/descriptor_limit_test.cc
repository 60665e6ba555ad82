#include "common/descriptor_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace openvidu::token {
namespace {

TEST(DescriptorLimitTest, RaisesTheSoftLimitAsFarAsTheHardOneGoes) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max > 4096) limit.rlim_max = 4096;
  limit.rlim_cur = 64;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);

  EXPECT_EQ(RaiseDescriptorLimit(10), 10u);
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_GT(limit.rlim_cur, 1024u);

  const size_t fitting = RaiseDescriptorLimit(1'000'000);
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
  EXPECT_LT(fitting, limit.rlim_max);
  EXPECT_GT(fitting, 0u);
}

}  // namespace
}  // namespace openvidu::token
