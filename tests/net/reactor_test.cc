#include "net/reactor.h"

#include <gmock/gmock.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <latch>
#include <thread>
#include <vector>

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;

class ReactorTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair_), 0); }
  void TearDown() override {
    close(pair_[0]);
    close(pair_[1]);
  }

  int pair_[2] = {-1, -1};
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
};

TEST_F(ReactorTest, RunsTasksInOrderOnItsOwnThread) {
  std::vector<int> ran;
  for (int i = 0; i < 3; ++i) {
    reactor_->Post([&, i] {
      EXPECT_TRUE(reactor_->IsCurrent());
      ran.push_back(i);
      if (i == 0) reactor_->Post([&] { ran.push_back(10); });
    });
  }
  reactor_->RunAndWait([] {});
  reactor_->RunAndWait([] {});
  EXPECT_THAT(ran, testing::UnorderedElementsAre(0, 1, 2, 10));
  EXPECT_FALSE(reactor_->IsCurrent());
}

TEST_F(ReactorTest, TheTurnEndComesAfterAllThatTheTurnBrought) {
  std::vector<std::string> ran;
  struct Recorder final : Reactor::Source {
    void OnEvents(uint32_t) override {}
    void OnTurnEnd() override { ran->push_back(name); }
    std::vector<std::string>* ran = nullptr;
    std::string name;
  } first, forgotten;
  first.ran = forgotten.ran = &ran;
  first.name = "end";
  forgotten.name = "forgotten";
  reactor_->RunAndWait([&] {
    // Tasks that are posted within one are of the next turn.
    reactor_->RunAtTurnEnd(&first);
    reactor_->RunAtTurnEnd(&forgotten);
    reactor_->Forget(&forgotten);
    reactor_->Post([&] { ran.emplace_back("next turn"); });
    ran.emplace_back("turn");
  });
  reactor_->RunAndWait([] {});
  reactor_->RunAndWait([] {});
  EXPECT_THAT(ran, ElementsAre("turn", "end", "next turn"));
}

TEST_F(ReactorTest, TakesTasksFromManyThreads) {
  int ran = 0;  // of the reactor's thread
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) reactor_->Post([&] { ++ran; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  reactor_->RunAndWait([] {});
  EXPECT_EQ(ran, 8000);
}

TEST_F(ReactorTest, TimersRunInTheOrderOfTheirTimesUnlessCancelled) {
  std::vector<int> ran;
  std::latch done{1};
  reactor_->Post([&] {
    const auto now = Reactor::Clock::now();
    reactor_->RunAt(now + std::chrono::milliseconds(20), [&] {
      ran.push_back(2);
      done.count_down();
    });
    const Reactor::Timer never =
        reactor_->RunAt(now + std::chrono::milliseconds(5), [&] { ran.push_back(3); });
    reactor_->RunAt(now, [&, never] {
      ran.push_back(1);
      reactor_->Cancel(never);
    });
  });
  done.wait();
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

class Counter final : public Reactor::Source {
 public:
  explicit Counter(std::function<void()> then) : then_(std::move(then)) {}
  void OnEvents(uint32_t events) override {
    EXPECT_NE(events & EPOLLIN, 0u);
    then_();
  }

 private:
  const std::function<void()> then_;
};

TEST_F(ReactorTest, TellsOfEventsUntilUnwatched) {
  int told = 0;
  std::latch first{1};
  Counter source([&] {
    ++told;
    reactor_->Unwatch(pair_[0], &source);
    first.count_down();
  });
  reactor_->RunAndWait([&] { ASSERT_TRUE(reactor_->Watch(pair_[0], EPOLLIN, &source)); });
  ASSERT_EQ(write(pair_[1], "a", 1), 1);
  first.wait();
  ASSERT_EQ(write(pair_[1], "b", 1), 1);
  reactor_->RunAndWait([] {});
  EXPECT_EQ(told, 1);
}

TEST_F(ReactorTest, WhoIsForgottenIsNotToldOfEventsOfTheSameTurn) {
  int other[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
  int told = 0;
  std::unique_ptr<Counter> a, b;
  a = std::make_unique<Counter>([&] {
    ++told;
    reactor_->Unwatch(other[0], b.get());
    reactor_->Unwatch(pair_[0], a.get());
  });
  b = std::make_unique<Counter>([&] {
    ++told;
    reactor_->Unwatch(pair_[0], a.get());
    reactor_->Unwatch(other[0], b.get());
  });
  reactor_->RunAndWait([&] {
    ASSERT_EQ(write(pair_[1], "a", 1), 1);
    ASSERT_EQ(write(other[1], "a", 1), 1);
    ASSERT_TRUE(reactor_->Watch(pair_[0], EPOLLIN, a.get()));
    ASSERT_TRUE(reactor_->Watch(other[0], EPOLLIN, b.get()));
  });
  reactor_->RunAndWait([] {});
  reactor_->RunAndWait([] {});
  EXPECT_EQ(told, 1);
  close(other[0]);
  close(other[1]);
}

TEST_F(ReactorTest, WhatStillWaitsAtTheEndIsDestroyedUnrun) {
  auto alive = std::make_shared<int>(1);
  auto reactor = *Reactor::Start("test");
  reactor->RunAndWait([&] {
    reactor->RunAt(Reactor::Clock::now() + std::chrono::hours(1), [alive] { ADD_FAILURE(); });
  });
  reactor = nullptr;
  EXPECT_EQ(alive.use_count(), 1);
}

}  // namespace
}  // namespace openvidu::token
