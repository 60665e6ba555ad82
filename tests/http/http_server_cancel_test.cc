// How a handler learns that its client has gone.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "tests/http/server_under_test.h"

namespace openvidu::token {
namespace {

TEST(HttpServerCancelTest, AClientThatResetsItsConnectionHasGone) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  std::latch cancelled{1};
  reply.cancellation()->SetListener([&] { cancelled.count_down(); });
  client.Reset();
  cancelled.wait();
  reply.Send({});  // to nobody
}

TEST(HttpServerCancelTest, AClientThatSendsNoMoreStillWaits) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  std::atomic<bool> cancelled{false};
  reply.cancellation()->SetListener([&] { cancelled = true; });
  client.ShutdownWrite();
  ASSERT_TRUE(server.Connect().Ask(Simple("/inline")).has_value());  // the loop has seen that
  EXPECT_FALSE(cancelled);
  reply.Send({});
  const auto answer = client.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
}

TEST(HttpServerCancelTest, AnAnswerCancelsNothing) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  const std::shared_ptr<Cancellation> cancellation = reply.cancellation();
  std::atomic<bool> cancelled{false};
  cancellation->SetListener([&] { cancelled = true; });
  reply.Send({});
  ASSERT_TRUE(client.Read().has_value());
  client.Reset();
  ASSERT_TRUE(server.Connect().Ask(Simple("/inline")).has_value());
  EXPECT_FALSE(cancelled);
  cancellation->SetListener({});
}

}  // namespace
}  // namespace openvidu::token
