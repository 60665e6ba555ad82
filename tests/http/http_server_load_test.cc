// That slow, idle and many clients leave room for the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/http/server_under_test.h"

namespace openvidu::token {
namespace {

int ThreadsOfThisProcess() {
  std::thread([] {}).join();  // a sanitizer makes one of its own with the first
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<int>(std::distance(begin(tasks), end(tasks)));
}

TEST(HttpServerLoadTest, DrippingClientsHoldNobodyUp) {
  HttpServerOptions options = OnAnyPort();
  options.worker_threads = 2;
  ServerUnderTest server(options);
  const std::string request = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123456789";
  std::vector<RawClient> dripping;
  for (int i = 0; i < 200; ++i) dripping.push_back(server.Connect());
  RawClient other = server.Connect();
  for (const char byte : request) {
    for (RawClient& client : dripping) ASSERT_TRUE(client.Send(absl::string_view(&byte, 1)));
    const auto answer = other.Ask(Simple("/other"));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "GET /other ");
  }
  for (RawClient& client : dripping) {
    const auto answer = client.Read();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "POST /a 123456789");
  }
}

TEST(HttpServerLoadTest, RequestsThatWaitForTheirAnswerHoldNoThread) {
  const int before = ThreadsOfThisProcess();
  ServerUnderTest server;
  std::vector<RawClient> clients;
  std::vector<HttpReply> replies;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(server.Connect());
    ASSERT_TRUE(clients.back().Send(Simple("/later")));
    replies.push_back(server.TakeLater());
  }
  EXPECT_EQ(ThreadsOfThisProcess(), before + 1);
  for (HttpReply& reply : replies) {
    httplib::Response response;
    response.set_content("late", "text/plain");
    reply.Send(std::move(response));
  }
  for (RawClient& client : clients) {
    const auto answer = client.Read();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "late");
    EXPECT_TRUE(client.Ask(Simple("/inline")).has_value());
  }
}

TEST(HttpServerLoadTest, InlineRequestsAreAnsweredWhenAllWorkersWait) {
  HttpServerOptions options = OnAnyPort();
  options.worker_threads = 4;
  ServerUnderTest server(options);
  std::vector<RawClient> blocked;
  for (int i = 0; i < 10; ++i) {
    blocked.push_back(server.Connect());
    ASSERT_TRUE(blocked.back().Send(Simple("/wait")));
  }
  while (server.waiting() < 4) std::this_thread::yield();
  const auto answer = server.Connect().Ask(Simple("/inline"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, "GET /inline ");
  EXPECT_EQ(server.waiting(), 4);
  server.OpenGate();
  for (RawClient& client : blocked) EXPECT_TRUE(client.Read().has_value());
}

TEST(HttpServerLoadTest, IdleConnectionsHoldNoThread) {
  const int before = ThreadsOfThisProcess();
  HttpServerOptions options = OnAnyPort();
  options.worker_threads = 2;
  ServerUnderTest server(options);
  std::vector<RawClient> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.push_back(server.Connect());
    ASSERT_TRUE(idle.back().connected());
    ASSERT_TRUE(idle.back().Ask(Simple("/a")).has_value());
  }
  EXPECT_LE(ThreadsOfThisProcess(), before + 3);  // the loop and the workers
  for (RawClient& client : idle) ASSERT_TRUE(client.Ask(Simple("/a")).has_value());
}

TEST(HttpServerLoadTest, NoThreadIsMadeBeforeItIsNeeded) {
  const int before = ThreadsOfThisProcess();
  ServerUnderTest server;
  EXPECT_EQ(ThreadsOfThisProcess(), before + 1);  // the loop
  ASSERT_TRUE(server.Connect().Ask(Simple("/inline")).has_value());
  EXPECT_EQ(ThreadsOfThisProcess(), before + 1);
}

TEST(HttpServerLoadTest, ManyClientsAllGetTheirOwnAnswers) {
  HttpServerOptions options = OnAnyPort();
  options.worker_threads = 8;
  ServerUnderTest server(options);
  std::vector<std::thread> clients;
  for (int c = 0; c < 16; ++c) {
    clients.emplace_back([&server, c] {
      RawClient client = server.Connect();
      for (int i = 0; i < 200; ++i) {
        const std::string body(static_cast<size_t>((c * 200 + i) * 7 % 5000),
                               static_cast<char>('a' + c));
        const std::string target = "/" + std::to_string(c) + "/" + std::to_string(i);
        const auto answer =
            client.Ask("POST " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
        ASSERT_TRUE(answer.has_value());
        ASSERT_EQ(answer->body, "POST " + target + " " + body);
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

TEST(HttpServerLoadTest, ItsStateSaysWhatConnectionsWaitFor) {
  ServerUnderTest server;
  RawClient idle = server.Connect();
  ASSERT_TRUE(idle.Ask(Simple("/inline")).has_value());
  RawClient busy = server.Connect();
  ASSERT_TRUE(busy.Send(Simple("/later")));
  HttpReply reply = server.TakeLater();
  RawClient reading = server.Connect();
  ASSERT_TRUE(reading.Send("GET /"));
  HttpServerState state = server.state();
  while (state.reading == 0) state = server.state();  // until it has come to the server
  EXPECT_EQ(state.reading, 1);
  EXPECT_EQ(state.idle, 1);
  EXPECT_EQ(state.busy, 1);
  EXPECT_EQ(state.handshake + state.writing + state.lingering, 0);
  EXPECT_FALSE(state.certificate_expires.has_value());
  reply.Send({});
}

/// How many requests are answered, and in how many turns of the reactor.
class TurnCounter final : public HttpObserver {
 public:
  void OnAnswer(const ObservedRequest& /*observed*/, const ObservedAnswer& /*answer*/) override {
    ++answers_;
  }

  /// Counts until there are `answers`, which `done` is told.
  void CountUntil(int answers, Reactor& reactor, std::latch& done) {
    turns_ += std::exchange(seen_, answers_) < answers_ ? 1 : 0;
    if (answers_ == answers) return done.count_down();
    reactor.Post([=, this, &reactor, &done] { CountUntil(answers, reactor, done); });
  }

  int turns() const { return turns_; }

 private:
  int answers_ = 0;
  int seen_ = 0;
  int turns_ = 0;
};

TEST(HttpServerLoadTest, OfManyWhoPipelineFewAreServedInATurn) {
  constexpr int kClients = 64;
  constexpr int kRequests = 50;
  TurnCounter counter;
  ServerUnderTest server(OnAnyPort(), {&counter});
  std::vector<RawClient> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(server.Connect());
  std::latch sent{1};
  std::latch done{1};
  server.reactor().Post([&] { sent.wait(); });
  std::string many;
  for (int i = 0; i < kRequests; ++i) many += Simple("/inline");
  for (RawClient& client : clients) EXPECT_TRUE(client.Send(many));
  server.reactor().Post([&] { counter.CountUntil(kClients * kRequests, server.reactor(), done); });
  sent.count_down();
  done.wait();
  // All at once in the first turn, and 16 in each that follows.
  EXPECT_GE(counter.turns(), kClients * (kRequests - 2) / 16);
}

TEST(HttpServerLoadTest, EndlessPipeliningLeavesOthersTheirTurn) {
  ServerUnderTest server;
  std::atomic<bool> stop{false};
  RawClient greedy = server.Connect();
  std::thread sends([&] {
    std::string many;
    for (int i = 0; i < 1000; ++i) many += Simple("/inline");
    while (!stop && greedy.Send(many)) {
    }
  });
  std::thread reads([&] { EXPECT_TRUE(greedy.Ends()); });
  RawClient other = server.Connect();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(other.Ask(Simple("/a")).has_value());
  stop = true;
  greedy.Shutdown();
  sends.join();
  reads.join();
}

}  // namespace
}  // namespace openvidu::token
