#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/emulator/raw_client.h"

namespace openvidu::emulator {
namespace {

constexpr char kConfig[] = "/openvidu/api/config";

// Transcript 15.
TEST(ShutdownTest, FinishesWhatIsInProgressAndEndsTheRest) {
  const std::unique_ptr<OpenViduEmulator> emulator = StartEmulator();
  const int port = emulator->port();
  RawClient busy(port);
  RawClient idle(port);
  ASSERT_EQ(idle.Exchange(Request("GET", kConfig)).status, 200);
  busy.Send(Request("POST", "/openvidu/api/sessions", "",
                    "Content-Type: application/json\r\nContent-Length: 2\r\n"));
  busy.Send("{");
  absl::SleepFor(absl::Milliseconds(200));  // until its head was read

  std::thread stop([&] { emulator->Stop(); });
  while (RawClient(port).is_connected()) absl::SleepFor(absl::Milliseconds(5));
  idle.Send(Request("GET", kConfig));
  EXPECT_TRUE(idle.IsClosedByPeer());  // no answer to a request that came too late

  EXPECT_EQ(busy.Exchange("}").status, 200);
  EXPECT_TRUE(busy.IsClosedByPeer());
  stop.join();
}

TEST(ShutdownTest, DestructionDoesNotWait) {
  EmulatorOptions options;
  options.cost_per_request = absl::Hours(1);
  options.concurrency = 1;
  std::unique_ptr<OpenViduEmulator> emulator = StartEmulator(options);
  RawClient first(emulator->port());
  RawClient second(emulator->port());
  first.Send(Request("GET", kConfig));
  second.Send(Request("GET", kConfig));
  absl::SleepFor(absl::Milliseconds(100));
  const absl::Time start = absl::Now();
  emulator.reset();
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
}

TEST(ShutdownTest, APortCanBeUsedAgainAtOnce) {
  std::unique_ptr<OpenViduEmulator> emulator = StartEmulator();
  const std::string address = absl::StrCat("127.0.0.1:", emulator->port());
  RawClient client(emulator->port());
  ASSERT_EQ(client.Exchange(Request("GET", kConfig)).status, 200);
  emulator->Stop();
  const auto again = OpenViduEmulator::Start({.listen_address = address, .secret = kSecret});
  EXPECT_TRUE(again.ok()) << again.status();
}

TEST(GarbageTest, SessionsThatNobodyJoinsAreCollected) {
  EmulatorOptions options;
  options.garbage_interval = absl::Milliseconds(20);
  options.garbage_threshold = absl::Milliseconds(1);
  const std::unique_ptr<OpenViduEmulator> emulator = StartEmulator(options);
  ASSERT_EQ(Send(emulator->port(),
                 Request("POST", "/openvidu/api/sessions", R"({"customSessionId":"a"})"))
                .status,
            200);
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  int status = 0;
  do {
    status = Send(emulator->port(), Request("GET", "/openvidu/api/sessions/a")).status;
  } while (status != 404 && absl::Now() < deadline);
  EXPECT_EQ(status, 404);
}

}  // namespace
}  // namespace openvidu::emulator
