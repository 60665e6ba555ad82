// How a server ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/http/server_under_test.h"

namespace openvidu::token {
namespace {

TEST(HttpServerStopTest, RequestsInFlightAreFinishedAndTold) {
  HttpServerOptions options = OnAnyPort();
  options.worker_threads = 5;
  ServerUnderTest server(options);
  std::vector<RawClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(server.Connect());
    ASSERT_TRUE(clients.back().Send(Simple("/wait")));
  }
  while (server.waiting() < 5) std::this_thread::yield();
  RawClient half_sent = server.Connect();
  ASSERT_TRUE(half_sent.Send("POST /half HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na"));
  RawClient idle = server.Connect();
  ASSERT_TRUE(idle.Ask(Simple("/inline")).has_value());

  std::thread stop([&] { server.server().Stop(absl::Seconds(60)); });
  EXPECT_EQ(idle.ReadToEnd(), "");  // so the drain has begun
  EXPECT_FALSE(server.Connect().connected());
  server.OpenGate();
  for (RawClient& client : clients) {
    const auto answer = client.Read();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "GET /wait ");
    EXPECT_EQ(answer->Header("connection"), "close");
    EXPECT_EQ(client.ReadToEnd(), "");
  }
  const auto answer = half_sent.Ask("b");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "POST /half ab");
  EXPECT_EQ(answer->Header("connection"), "close");
  EXPECT_EQ(half_sent.ReadToEnd(), "");
  half_sent.ShutdownWrite();  // else the server lingers for it
  clients.clear();
  stop.join();
}

TEST(HttpServerStopTest, AfterTheGraceNothingIsWaitedForButHandlers) {
  HttpServerOptions options = OnAnyPort();
  options.worker_threads = 1;
  ServerUnderTest server(options);
  RawClient running = server.Connect(), queued = server.Connect(), half_sent = server.Connect();
  ASSERT_TRUE(running.Send(Simple("/wait")));
  while (server.waiting() < 1) std::this_thread::yield();
  ASSERT_TRUE(queued.Send(Simple("/wait")));
  ASSERT_TRUE(half_sent.Send("GET / HT"));
  ASSERT_TRUE(server.Connect().Ask(Simple("/inline")).has_value());  // the loop has seen those
  std::thread stop([&] { server.server().Stop(absl::ZeroDuration()); });
  EXPECT_TRUE(half_sent.Ends());
  server.OpenGate();
  stop.join();
  EXPECT_TRUE(running.Ends());
  EXPECT_TRUE(queued.Ends());
  EXPECT_EQ(server.waiting(), 1);  // the queued one never began
}

TEST(HttpServerStopTest, WhoHasJustConnectedIsStillServed) {
  HttpServerOptions options = OnAnyPort();
  options.first_request_timeout = absl::Seconds(60);
  ServerUnderTest server(options);
  RawClient idle = server.Connect();
  ASSERT_TRUE(idle.Ask(Simple("/inline")).has_value());
  RawClient fresh = server.Connect();
  std::thread stop([&] { server.server().Stop(absl::Seconds(60)); });
  EXPECT_EQ(idle.ReadToEnd(), "");  // so the drain has begun
  const auto answer = fresh.Ask(Simple("/inline"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->Header("connection"), "close");
  fresh.ShutdownWrite();  // else the server lingers for it
  stop.join();
}

TEST(HttpServerStopTest, BeforeTheStopAnswersSayCloseAndAllElseGoesOn) {
  ServerUnderTest server;
  RawClient idle = server.Connect();
  auto answer = idle.Ask(Simple("/inline"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->Header("connection"), "");
  server.server().BeginDrain();
  RawClient late = server.Connect();
  for (RawClient* client : {&idle, &late}) {
    answer = client->Ask(Simple("/inline"));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->Header("connection"), "close");
    EXPECT_EQ(client->ReadToEnd(), "");
  }
}

TEST(HttpServerStopTest, TheEndOfTheGraceIsToldAndWhatIsAnsweredThenArrives) {
  HttpServerOptions options = OnAnyPort();
  options.last_answers_timeout = absl::Seconds(60);
  ServerUnderTest server(options);
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  std::latch cancelled{1};
  reply.cancellation()->SetListener([&] { cancelled.count_down(); });
  std::thread stop([&] { server.server().Stop(absl::ZeroDuration()); });
  cancelled.wait();
  httplib::Response response;
  response.status = 503;
  reply.Send(std::move(response));
  const auto answer = client.Read();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->Header("connection"), "close");
  client.ShutdownWrite();  // else the server lingers for it
  stop.join();
}

TEST(HttpServerStopTest, AfterTheGraceALateAnswerGoesNowhere) {
  HttpServerOptions options = OnAnyPort();
  options.last_answers_timeout = absl::ZeroDuration();
  ServerUnderTest server(options);
  RawClient client = server.Connect();
  ASSERT_TRUE(client.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  server.server().Stop(absl::ZeroDuration());
  EXPECT_TRUE(client.Ends());
  reply.Send({});
}

TEST(HttpServerStopTest, ServerWithoutClientsStopsBeforeItsGrace) {
  const absl::Time begin = absl::Now();
  ServerUnderTest server;
  server.server().Stop(absl::Hours(1));
  EXPECT_LT(absl::Now() - begin, absl::Minutes(5));
}

TEST(HttpServerStopTest, SecondStopDoesNothing) {
  ServerUnderTest server;
  server.server().Stop(absl::InfiniteDuration());
  server.server().Stop(absl::InfiniteDuration());
}

TEST(HttpServerStopTest, PortIsFreeAgain) {
  HttpServerOptions options = OnAnyPort();
  for (int i = 0; i < 3; ++i) {
    ServerUnderTest server(options);
    RawClient client = server.Connect();
    ASSERT_TRUE(client.Ask(Simple("/a")).has_value());
    options.listen_address = "127.0.0.1:" + std::to_string(server.port());
  }
}

}  // namespace
}  // namespace openvidu::token
