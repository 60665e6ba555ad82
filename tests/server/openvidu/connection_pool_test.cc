#include "server/openvidu/connection_pool.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <vector>

#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

CallContext InTime() { return {absl::Now() + absl::Seconds(60), nullptr}; }

void AnswerAll(ScriptedUpstream::Peer& peer) {
  while (peer.ReadRequest()) peer.Send(HttpAnswerText(200, "{}"));
}

/// Answers nothing until told to. One connection at a time.
class SlowUpstream {
 public:
  ScriptedUpstream::Script Script() {
    return [this](ScriptedUpstream::Peer& peer) {
      if (!peer.ReadRequest()) return;
      if (!arrived.try_wait()) arrived.count_down();
      answer.wait();
      peer.Send(HttpAnswerText(200, "{}"));
      AnswerAll(peer);
    };
  }
  std::latch arrived{1};
  std::latch answer{1};
};

/// Knows how many requests there were at once.
class CountingUpstream {
 public:
  ScriptedUpstream::Script Script() {
    return [this](ScriptedUpstream::Peer& peer) {
      while (peer.ReadRequest()) {
        most = std::max(most.load(), ++at_once_);
        absl::SleepFor(absl::Milliseconds(1));
        --at_once_;
        peer.Send(HttpAnswerText(200, "{}"));
      }
    };
  }
  std::atomic<int> most{0};

 private:
  std::atomic<int> at_once_{0};
};

class ConnectionPoolTest : public testing::Test {
 protected:
  void Start(ScriptedUpstream::Script script, const ConnectionPoolOptions& options) {
    upstream_ = std::make_unique<ScriptedUpstream>(std::move(script));
    url_.port = upstream_->port();
    pool_ = std::make_unique<ConnectionPool>(*reactor_, url_, nullptr, options);
  }
  ~ConnectionPoolTest() override { pool_ = nullptr; }

  Exchange Send(const CallContext& context, bool harmless_twice = false) {
    Exchange result;
    std::latch ended{1};
    pool_->Send({.bytes = kGet, .harmless_twice = harmless_twice}, context, [&](Exchange exchange) {
      result = std::move(exchange);
      ended.count_down();
    });
    ended.wait();
    return result;
  }

  /// So many, and waits until all are answered.
  void SendAtOnce(int count) {
    std::latch left(count);
    for (int i = 0; i < count; ++i) {
      pool_->Send({.bytes = kGet}, InTime(), [&](const Exchange& exchange) {
        EXPECT_EQ(exchange.status, 200);
        left.count_down();
      });
    }
    left.wait();
  }

  SlowUpstream slow_;
  CountingUpstream counting_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  OpenViduUrl url_{false, "127.0.0.1", 0, ""};
  std::unique_ptr<ScriptedUpstream> upstream_;
  std::unique_ptr<ConnectionPool> pool_;
};

TEST_F(ConnectionPoolTest, NeverHasMoreConnectionsThanItsLimit) {
  Start(counting_.Script(), {.max_connections = 3});
  SendAtOnce(240);
  EXPECT_LE(counting_.most, 3);
  EXPECT_LE(upstream_->connections(), 6);  // 240 requests, 100 a connection, 3 at once
}

TEST_F(ConnectionPoolTest, TellsWhatItHolds) {
  Start(slow_.Script(), {.max_connections = 1, .max_in_flight = 1});
  const auto state = [this] {
    UpstreamState held;
    reactor_->RunAndWait([&] { held = pool_->state(); });
    return held;
  };
  EXPECT_EQ(state().limit, 1);
  EXPECT_EQ(state().idle_connections, 0);
  std::latch left{2};
  for (int i = 0; i < 2; ++i) {
    pool_->Send({.bytes = kGet}, InTime(), [&](const Exchange&) { left.count_down(); });
  }
  slow_.arrived.wait();
  EXPECT_EQ(state().in_flight, 1);
  EXPECT_EQ(state().waiting, 1);
  slow_.answer.count_down();
  left.wait();
  EXPECT_EQ(state().in_flight, 0);
  EXPECT_EQ(state().waiting, 0);
  EXPECT_EQ(state().idle_connections, 1);
  EXPECT_TRUE(state().circuit_closed);
}

TEST_F(ConnectionPoolTest, TellsThatNothingIsReached) {
  Start(AnswerAll,
        {.circuit = {
             .max_failures = 1, .initial_pause = absl::Hours(1), .max_pause = absl::Hours(1)}});
  upstream_ = nullptr;
  EXPECT_NE(Send(InTime()).failure, TransportFailure::kNone);
  reactor_->RunAndWait([this] { EXPECT_FALSE(pool_->state().circuit_closed); });
}

TEST_F(ConnectionPoolTest, WaitsForAConnectionNoLongerThanTheDeadline) {
  Start(slow_.Script(), {.max_connections = 1});
  std::latch ended{1};
  pool_->Send({.bytes = kGet}, InTime(), [&](const Exchange& exchange) {
    EXPECT_EQ(exchange.status, 200);
    ended.count_down();
  });
  slow_.arrived.wait();
  EXPECT_EQ(Send({absl::Now() + absl::Milliseconds(20), nullptr}).failure, TransportFailure::kBusy);
  slow_.answer.count_down();
  ended.wait();
}

TEST_F(ConnectionPoolTest, OverTheLimitOfWaitingRequestsOneIsRefusedAtOnce) {
  Start(slow_.Script(), {.max_connections = 1, .waiting = {.max_waiting = 1}});
  std::latch left(2);
  for (int i = 0; i < 2; ++i) {
    pool_->Send({.bytes = kGet}, InTime(), [&](const Exchange& exchange) {
      EXPECT_EQ(exchange.status, 200);
      left.count_down();
    });
  }
  EXPECT_EQ(Send(InTime()).failure, TransportFailure::kQueueFull);
  slow_.answer.count_down();
  left.wait();
}

TEST_F(ConnectionPoolTest, CancellationFreesTheConnection) {
  Start(slow_.Script(), {.max_connections = 1});
  CallContext first = InTime();
  CallContext second = InTime();
  first.cancellation = std::make_shared<Cancellation>();
  second.cancellation = std::make_shared<Cancellation>();
  std::latch left(2);
  const auto expect_cancelled = [&](const Exchange& exchange) {
    EXPECT_EQ(exchange.failure, TransportFailure::kCancelled);
    left.count_down();
  };
  pool_->Send({.bytes = kGet}, first, expect_cancelled);
  slow_.arrived.wait();
  pool_->Send({.bytes = kGet}, second, expect_cancelled);
  second.cancellation->Cancel();  // while it waits for a connection
  first.cancellation->Cancel();   // while it waits for the answer
  left.wait();
  slow_.answer.count_down();
}

TEST_F(ConnectionPoolTest, WhoHasGoneBeforeSendsNothing) {
  Start(AnswerAll, {});
  CallContext gone = InTime();
  gone.cancellation = std::make_shared<Cancellation>();
  gone.cancellation->Cancel();
  EXPECT_EQ(Send(gone).failure, TransportFailure::kCancelled);
  EXPECT_EQ(upstream_->connections(), 0);
}

TEST_F(ConnectionPoolTest, ItsEndSaysWhatWasSent) {
  Start(slow_.Script(), {.max_connections = 1});
  std::latch left(2);
  for (const TransportFailure failure :
       {TransportFailure::kStoppingSent, TransportFailure::kStopping}) {
    pool_->Send({.bytes = kGet}, InTime(), [&left, failure](const Exchange& exchange) {
      EXPECT_EQ(exchange.failure, failure);
      left.count_down();
    });
    slow_.arrived.wait();
  }
  pool_ = nullptr;
  left.wait();
  slow_.answer.count_down();
}

TEST_F(ConnectionPoolTest, DoesNotUseAConnectionThatWasIdleTooLong) {
  Start(AnswerAll, {.max_connections = 1, .idle_timeout = absl::ZeroDuration()});
  EXPECT_EQ(Send(InTime()).status, 200);
  EXPECT_EQ(Send(InTime()).status, 200);
  EXPECT_EQ(upstream_->connections(), 2);
}

TEST_F(ConnectionPoolTest, OnlyWhatIsHarmlessTwiceGoesToASuspectConnection) {
  // Whatever has been idle is suspect.
  Start(AnswerAll, {.max_connections = 1, .suspect_after = absl::Nanoseconds(-1)});
  EXPECT_EQ(Send(InTime(), /*harmless_twice=*/true).status, 200);
  EXPECT_EQ(Send(InTime(), /*harmless_twice=*/true).status, 200);
  EXPECT_EQ(upstream_->connections(), 1);
  EXPECT_EQ(Send(InTime(), /*harmless_twice=*/false).status, 200);
  EXPECT_EQ(upstream_->connections(), 2);
}

TEST_F(ConnectionPoolTest, ASuspectConnectionIsReplacedOnlyWhereThePoolIsFull) {
  std::atomic<int> ended{0};
  Start(
      [&](ScriptedUpstream::Peer& peer) {
        AnswerAll(peer);
        ++ended;
      },
      {.max_connections = 2, .suspect_after = absl::Nanoseconds(-1)});
  for (int i = 1; i <= 2; ++i) {
    EXPECT_EQ(Send(InTime()).status, 200);
    EXPECT_EQ(upstream_->connections(), i);
    EXPECT_EQ(ended, 0);
  }
  EXPECT_EQ(Send(InTime()).status, 200);
  EXPECT_EQ(upstream_->connections(), 3);
  while (ended < 1) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(ended, 1);
  pool_ = nullptr;
  upstream_ = nullptr;  // whose script counts here
}

TEST_F(ConnectionPoolTest, AConnectionThatWasJustUsedIsUsedAgain) {
  Start(AnswerAll, {.max_connections = 2, .suspect_after = absl::Hours(1)});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Send(InTime()).status, 200);
  EXPECT_EQ(upstream_->connections(), 1);
}

TEST_F(ConnectionPoolTest, WhatCannotBeReachedIsNotTriedEachTime) {
  Start(AnswerAll,
        {.circuit = {
             .max_failures = 3, .initial_pause = absl::Hours(1), .max_pause = absl::Hours(1)}});
  upstream_ = nullptr;  // its port refuses now
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Send(InTime()).failure, TransportFailure::kConnect);
  const Exchange refused = Send(InTime());
  EXPECT_EQ(refused.failure, TransportFailure::kCircuitOpen);
  EXPECT_GE(refused.retry_after, absl::Minutes(29));
}

TEST_F(ConnectionPoolTest, WhoWaitsWhenTheCircuitOpensIsRefusedToo) {
  // No TLS is spoken there: a connection is made and then fails.
  std::unique_ptr<TlsClient> tls = *TlsClient::Create("", false);
  std::latch begin{1};
  upstream_ = std::make_unique<ScriptedUpstream>([&](ScriptedUpstream::Peer& peer) {
    begin.wait();
    peer.Send("no TLS at all");
  });
  url_ = {true, "127.0.0.1", upstream_->port(), ""};
  pool_ = std::make_unique<ConnectionPool>(
      *reactor_, url_, tls.get(),
      ConnectionPoolOptions{
          .max_connections = 1,
          .circuit = {
              .max_failures = 1, .initial_pause = absl::Hours(1), .max_pause = absl::Hours(1)}});
  std::latch left(3);
  std::vector<TransportFailure> failures;  // of the reactor's thread
  for (int i = 0; i < 3; ++i) {
    pool_->Send({.bytes = kGet}, InTime(), [&](const Exchange& exchange) {
      failures.push_back(exchange.failure);
      left.count_down();
    });
  }
  reactor_->RunAndWait([] {});  // they have come
  begin.count_down();
  left.wait();
  EXPECT_THAT(failures,
              testing::UnorderedElementsAre(TransportFailure::kTls, TransportFailure::kCircuitOpen,
                                            TransportFailure::kCircuitOpen));
  pool_ = nullptr;  // before its TLS
}

TEST_F(ConnectionPoolTest, AfterThePauseItIsTriedAgain) {
  Start(AnswerAll, {.circuit = {.max_failures = 1,
                                .initial_pause = absl::Nanoseconds(1),
                                .max_pause = absl::Nanoseconds(1)}});
  upstream_ = nullptr;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Send(InTime()).failure, TransportFailure::kConnect);
}

TEST_F(ConnectionPoolTest, SendsNoMoreAtOnceThanIsFixed) {
  Start(counting_.Script(), {.max_connections = 64, .max_in_flight = 2});
  SendAtOnce(100);
  EXPECT_LE(counting_.most, 2);
}

TEST_F(ConnectionPoolTest, ConnectionsGoBeforeSessions) {
  Start(slow_.Script(), {.max_connections = 1});
  std::latch left(3);
  const auto done = [&](const Exchange& exchange) {
    EXPECT_EQ(exchange.status, 200);
    left.count_down();
  };
  const auto send = [&](const std::string& name, Priority priority) {
    pool_->Send({.bytes = "GET /" + name + " HTTP/1.1\r\n\r\n", .priority = priority}, InTime(),
                done);
  };
  send("first", Priority::kSession);
  slow_.arrived.wait();
  send("session", Priority::kSession);
  send("connection", Priority::kConnection);
  reactor_->RunAndWait([] {});  // they have come
  slow_.answer.count_down();
  left.wait();
  EXPECT_THAT(upstream_->requests(), testing::ElementsAre(testing::HasSubstr("/first "),
                                                          testing::HasSubstr("/connection "),
                                                          testing::HasSubstr("/session ")));
}

TEST_F(ConnectionPoolTest, OneThatTakesVeryLongHoldsUpNobodyElse) {
  Start(
      [&](ScriptedUpstream::Peer& peer) {
        if (!peer.ReadRequest()) return;
        if (upstream_->requests().size() == 1) {
          slow_.arrived.count_down();
          slow_.answer.wait();
        }
        peer.Send(HttpAnswerText(200, "{}"));
        AnswerAll(peer);
      },
      {.max_in_flight = 1});
  std::latch ended{1};
  pool_->Send({.bytes = kGet}, InTime(), [&](const Exchange& exchange) {
    EXPECT_EQ(exchange.status, 200);
    ended.count_down();
  });
  slow_.arrived.wait();
  EXPECT_EQ(Send(InTime()).status, 200);
  EXPECT_FALSE(ended.try_wait());
  slow_.answer.count_down();
  ended.wait();
}

TEST_F(ConnectionPoolTest, WhoIsRefusedIsToldHowLongToWait) {
  Start(slow_.Script(), {.max_connections = 1, .waiting = {.max_waiting = 0}});
  std::latch ended{1};
  pool_->Send({.bytes = kGet}, InTime(), [&](const Exchange&) { ended.count_down(); });
  slow_.arrived.wait();
  const Exchange refused = Send(InTime());
  EXPECT_EQ(refused.failure, TransportFailure::kQueueFull);
  EXPECT_GE(refused.retry_after, absl::Seconds(1));
  slow_.answer.count_down();
  ended.wait();
}

TEST_F(ConnectionPoolTest, NoticesThatAnIdleConnectionWasClosed) {
  Start(
      [](ScriptedUpstream::Peer& peer) {
        peer.ReadRequest();
        peer.Send(HttpAnswerText(200, "{}"));
      },
      {.max_connections = 1});
  ASSERT_EQ(Send(InTime()).status, 200);
  absl::SleepFor(
      absl::Milliseconds(100));  // for the FIN to arrive, which nothing here can wait for
  EXPECT_EQ(Send(InTime()).status, 200);
}

}  // namespace
}  // namespace openvidu::token
