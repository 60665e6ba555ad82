// What happens beyond each limit.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "tests/http/server_under_test.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

int StatusOf(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }

TEST(HttpServerLimitsTest, LongestPathIsServed) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  for (const std::string& target :
       std::vector<std::string>{"/" + std::string(8000, 'a'), "/?" + std::string(8000, '?'),
                                "/" + std::string(8000, '%')}) {
    const auto answer = client.Ask(Simple(target));
    ASSERT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(answer->body, "GET " + target + " ");
  }
}

TEST(HttpServerLimitsTest, LongerTargetIs414) {
  ServerUnderTest server;
  RawClient client = server.Connect();
  EXPECT_EQ(StatusOf(client.Ask(Simple("/" + std::string(9000, 'a')))), 414);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST(HttpServerLimitsTest, LongHeaderIsServedWhole) {
  ServerUnderTest server;  // cpp-httplib itself ends at 8 KiB a line
  RawClient client = server.Connect();
  EXPECT_EQ(StatusOf(client.Ask("GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(15000, 'x') +
                                "\r\n\r\n")),
            200);
}

TEST(HttpServerLimitsTest, LargerHeadIs431) {
  ServerUnderTest server;
  RawClient large = server.Connect();
  EXPECT_EQ(StatusOf(large.Ask("GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(100000, 'x'))),
            431);
  EXPECT_EQ(large.ReadToEnd(), "");

  RawClient many = server.Connect();
  std::string head = "GET /a HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 100; ++i) head += "X: y\r\n";
  EXPECT_EQ(StatusOf(many.Ask(head + "\r\n")), 431);
  EXPECT_EQ(many.ReadToEnd(), "");
}

TEST(HttpServerLimitsTest, LargerBodyIs413AnnouncedOrChunked) {
  HttpServerOptions options = OnAnyPort();
  options.limits.max_body_bytes = 1000;
  ServerUnderTest server(options);

  RawClient announced = server.Connect();
  EXPECT_EQ(StatusOf(announced.Ask("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n" +
                                   std::string(1001, 'x'))),
            413);
  EXPECT_EQ(announced.ReadToEnd(), "");

  RawClient chunked = server.Connect();
  ASSERT_TRUE(chunked.Send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 100; ++i) {
    if (!chunked.Send("64\r\n" + std::string(100, 'x') + "\r\n")) break;
  }
  EXPECT_EQ(StatusOf(chunked.Read()), 413);
  EXPECT_EQ(chunked.ReadToEnd(), "");

  RawClient fits = server.Connect();
  EXPECT_EQ(StatusOf(fits.Ask("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" +
                              std::string(1000, 'x'))),
            200);
}

TEST(HttpServerLimitsTest, SlowHeadAndSlowBodyAre408) {
  HttpServerOptions options = OnAnyPort();
  options.head_timeout = absl::Milliseconds(50);
  options.body_timeout = absl::Milliseconds(50);
  ServerUnderTest server(options);

  RawClient head = server.Connect();
  const auto head_answer = head.Ask("GET /a HTTP/1.1\r\n");
  EXPECT_EQ(StatusOf(head_answer), 408);
  EXPECT_EQ(head.ReadToEnd(), "");

  RawClient body = server.Connect();
  const auto body_answer = body.Ask("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
  EXPECT_EQ(StatusOf(body_answer), 408);
  EXPECT_EQ(body.ReadToEnd(), "");
}

TEST(HttpServerLimitsTest, IdleConnectionIsClosedWithoutAWord) {
  HttpServerOptions options = OnAnyPort();
  options.idle_timeout = absl::Milliseconds(50);
  ServerUnderTest server(options);
  EXPECT_EQ(server.Connect().ReadToEnd(), "");  // never sent anything
  RawClient client = server.Connect();
  EXPECT_EQ(StatusOf(client.Ask(Simple("/a"))), 200);
  EXPECT_EQ(client.ReadToEnd(), "");  // sent nothing more
}

TEST(HttpServerLimitsTest, ClientThatDoesNotTakeItsAnswerIsClosed) {
  HttpServerOptions options = OnAnyPort();
  options.write_timeout = absl::Milliseconds(50);
  options.max_connections = 1;
  ServerUnderTest server(options);
  RawClient slow(server.port(), /*receive_buffer_bytes=*/4096);
  ASSERT_TRUE(slow.Send(Simple("/large")));
  // Its place is free when it has been closed; before that others are refused.
  while (StatusOf(server.Connect().Ask(Simple("/a"))) != 200)
    absl::SleepFor(absl::Milliseconds(10));
  EXPECT_TRUE(slow.Ends());
}

TEST(HttpServerLimitsTest, ClientThatDoesNotTakeItsAnswerHoldsNoWorker) {
  HttpServerOptions options = OnAnyPort();
  options.worker_threads = 1;
  ServerUnderTest server(options);
  RawClient slow(server.port(), /*receive_buffer_bytes=*/4096);
  ASSERT_TRUE(slow.Send(Simple("/large")));
  EXPECT_EQ(StatusOf(server.Connect().Ask(Simple("/a"))), 200);
}

TEST(HttpServerLimitsTest, ConnectionsOverTheLimitAreToldSo) {
  HttpServerOptions options = OnAnyPort();
  options.max_connections = 2;
  ServerUnderTest server(options);
  RawClient first = server.Connect(), second = server.Connect();
  ASSERT_EQ(StatusOf(first.Ask(Simple("/a"))), 200);
  ASSERT_EQ(StatusOf(second.Ask(Simple("/a"))), 200);
  {
    RawClient third = server.Connect();
    const auto answer = third.Ask(Simple("/a"));
    ASSERT_EQ(StatusOf(answer), 503);
    EXPECT_EQ(answer->Header("retry-after"), "1");
    EXPECT_EQ(third.ReadToEnd(), "");
  }
  EXPECT_EQ(StatusOf(first.Ask(Simple("/a"))), 200);
  first.ShutdownWrite();
  EXPECT_EQ(first.ReadToEnd(), "");
  EXPECT_EQ(StatusOf(server.Connect().Ask(Simple("/a"))), 200);  // there is room again
}

TEST(HttpServerLimitsTest, PendingRequestsOverTheLimitAre503AndTheConnectionIsKept) {
  HttpServerOptions options = OnAnyPort();
  options.worker_threads = 1;
  options.max_pending_requests = 2;
  ServerUnderTest server(options);
  RawClient running = server.Connect(), one = server.Connect(), other = server.Connect();
  ASSERT_TRUE(running.Send(Simple("/wait")));
  while (server.waiting() == 0) absl::SleepFor(absl::Milliseconds(1));

  // Of two, one may wait; the other is refused.
  ASSERT_TRUE(one.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  const auto refused = other.Ask(Simple("/b"));
  ASSERT_EQ(StatusOf(refused), 503);
  EXPECT_EQ(refused->Header("retry-after"), "1");
  server.OpenGate();
  EXPECT_EQ(StatusOf(running.Read()), 200);
  reply.Send({});
  EXPECT_EQ(StatusOf(one.Read()), 200);
  EXPECT_EQ(StatusOf(other.Ask(Simple("/b"))), 200);
}

TEST(HttpServerLimitsTest, MemoryForRequestsIsLimited) {
  HttpServerOptions options = OnAnyPort();
  options.max_buffered_bytes = 100'000;
  ServerUnderTest server(options);
  std::vector<RawClient> clients;
  int refused = 0;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.Connect());
    ASSERT_TRUE(clients.back().Send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n" +
                                    std::string(50000, 'x')));
  }
  // Two fit together; small requests are served all the same.
  EXPECT_EQ(StatusOf(server.Connect().Ask(Simple("/a"))), 200);
  for (RawClient& client : clients) {
    client.Send(std::string(10000, 'x'));
    const int status = StatusOf(client.Read());
    EXPECT_THAT(status, AnyOf(200, 503));
    refused += status == 503 ? 1 : 0;
  }
  EXPECT_GE(refused, 1);
}

TEST(HttpServerLimitsTest, MemoryForAnswersIsLimited) {
  HttpServerOptions options = OnAnyPort();
  options.max_unsent_bytes = ServerUnderTest::kLargeBytes + 100'000;
  ServerUnderTest server(options);
  RawClient slow(server.port(), /*receive_buffer_bytes=*/4096);
  ASSERT_TRUE(slow.Send(Simple("/large")));
  slow.AwaitInput();  // the server has come to it, and holds most of its answer
  RawClient other = server.Connect();
  EXPECT_EQ(StatusOf(other.Ask(Simple("/large"))), 503);
  EXPECT_EQ(StatusOf(other.Ask(Simple("/a"))), 200);
  EXPECT_EQ(StatusOf(slow.Read()), 200);
  EXPECT_EQ(StatusOf(other.Ask(Simple("/large"))), 200);
}

// As the whole process runs out of descriptors, this test is a process of its own under CTest.
TEST(HttpServerLimitsTest, WithoutDescriptorsIdleClientsGiveWay) {
  ServerUnderTest server;
  std::vector<RawClient> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(server.Connect());
  for (RawClient& client : clients) ASSERT_EQ(StatusOf(client.Ask(Simple("/inline"))), 200);
  RawClient last = server.Connect();  // has its own descriptor now; the server's end does not
  ASSERT_EQ(StatusOf(last.Ask(Simple("/inline"))), 200);

  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int unused = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(unused, 0);
  close(unused);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(unused) + 1;  // room for the client's end only
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  RawClient one_more = server.Connect();
  const auto answer = one_more.Ask(Simple("/inline"));
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_EQ(clients.front().ReadToEnd(), "");  // the oldest
  EXPECT_EQ(StatusOf(last.Ask(Simple("/inline"))), 200);
}

TEST(HttpServerLimitsTest, MistakesInOptionsAreNamed) {
  const auto reactor = StartReactor();
  HttpCallbacks callbacks;
  EXPECT_THAT(HttpServer::Start(OnAnyPort(), callbacks, *reactor),
              StatusIs(absl::StatusCode::kInvalidArgument));
  callbacks.handler = [](const httplib::Request&, const HttpReply&) {};
  HttpServerOptions options;
  options.worker_threads = 0;
  options.head_timeout = absl::ZeroDuration();
  options.limits.max_target_bytes = 0;
  options.listen_address = "nonsense";
  EXPECT_THAT(HttpServer::Start(options, callbacks, *reactor),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("worker_threads"), HasSubstr("timeouts"),
                             HasSubstr("max_target_bytes"), HasSubstr("'nonsense'"))));
}

TEST(HttpServerLimitsTest, SecondServerOnThePortFails) {
  ServerUnderTest server;
  HttpServerOptions options;
  options.listen_address = "127.0.0.1:" + std::to_string(server.port());
  const auto reactor = StartReactor();
  HttpCallbacks callbacks;
  callbacks.handler = [](const httplib::Request&, const HttpReply&) {};
  EXPECT_THAT(HttpServer::Start(options, callbacks, *reactor),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace openvidu::token
