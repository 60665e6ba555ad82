#include "server/openvidu/connection_pool.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/notification.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

httplib::Request Get() {
  httplib::Request request;
  request.method = "GET";
  request.path = "/";
  return request;
}

absl::Time InTime() { return absl::Now() + absl::Seconds(60); }

TEST(ConnectionPoolTest, NeverHasMoreConnectionsThanItsLimit) {
  std::atomic<int> at_once{0};
  std::atomic<int> most{0};
  ScriptedUpstream upstream([&](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) {
      most = std::max(most.load(), ++at_once);
      absl::SleepFor(absl::Milliseconds(1));
      --at_once;
      peer.Send(HttpAnswerText(200, "{}"));
    }
  });
  const OpenViduUrl url{false, "127.0.0.1", upstream.port(), ""};
  ConnectionPool pool(url, nullptr, 3, absl::Seconds(45));
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 20; ++j) EXPECT_EQ(pool.Send(Get(), InTime()).status, 200);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_LE(upstream.connections(), 6);  // 240 requests, 100 a connection, 3 at once
}

TEST(ConnectionPoolTest, WaitsForAConnectionNoLongerThanTheDeadline) {
  absl::Notification arrived;
  absl::Notification answer;
  ScriptedUpstream upstream([&](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    arrived.Notify();
    answer.WaitForNotification();
    peer.Send(HttpAnswerText(200, "{}"));
  });
  const OpenViduUrl url{false, "127.0.0.1", upstream.port(), ""};
  ConnectionPool pool(url, nullptr, 1, absl::Seconds(45));
  std::thread holder([&] { EXPECT_EQ(pool.Send(Get(), InTime()).status, 200); });
  arrived.WaitForNotification();
  EXPECT_EQ(pool.Send(Get(), absl::Now() + absl::Milliseconds(20)).failure,
            TransportFailure::kBusy);
  answer.Notify();
  holder.join();
}

TEST(ConnectionPoolTest, DoesNotUseAConnectionThatWasIdleTooLong) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) peer.Send(HttpAnswerText(200, "{}"));
  });
  const OpenViduUrl url{false, "127.0.0.1", upstream.port(), ""};
  ConnectionPool pool(url, nullptr, 1, absl::ZeroDuration());
  EXPECT_EQ(pool.Send(Get(), InTime()).status, 200);
  EXPECT_EQ(pool.Send(Get(), InTime()).status, 200);
  EXPECT_EQ(upstream.connections(), 2);
}

TEST(ConnectionPoolTest, NoticesThatAnIdleConnectionWasClosed) {
  ScriptedUpstream upstream([](ScriptedUpstream::Peer& peer) {
    peer.ReadRequest();
    peer.Send(HttpAnswerText(200, "{}"));
  });
  const OpenViduUrl url{false, "127.0.0.1", upstream.port(), ""};
  ConnectionPool pool(url, nullptr, 1, absl::Seconds(45));
  ASSERT_EQ(pool.Send(Get(), InTime()).status, 200);
  absl::SleepFor(
      absl::Milliseconds(100));  // for the FIN to arrive, which nothing here can wait for
  EXPECT_EQ(pool.Send(Get(), InTime()).status, 200);
}

}  // namespace
}  // namespace openvidu::token
