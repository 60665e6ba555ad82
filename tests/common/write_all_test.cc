#include "common/write_all.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>

namespace openvidu::token {
namespace {

TEST(WriteAllTest, WaitsForAPipeThatTakesNoMoreAtPresent) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ASSERT_EQ(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  const std::string text(1 << 20, 'x');
  std::string read_text;
  std::thread reader([&] {
    char buffer[4096];
    for (ssize_t size; (size = read(ends[0], buffer, sizeof(buffer))) > 0;) {
      read_text.append(buffer, static_cast<size_t>(size));
    }
  });
  EXPECT_TRUE(WriteAll(ends[1], text));
  close(ends[1]);
  reader.join();
  close(ends[0]);
  EXPECT_EQ(read_text, text);
}

TEST(WriteAllTest, SaysWhereItCannot) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  EXPECT_FALSE(WriteAll(ends[1], "x"));
  close(ends[1]);
  EXPECT_TRUE(WriteAll(ends[1], ""));
}

}  // namespace
}  // namespace openvidu::token
