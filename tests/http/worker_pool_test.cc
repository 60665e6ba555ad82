#include "http/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/http/gate.h"

namespace openvidu::token {
namespace {

TEST(WorkerPoolTest, TasksRunAtTheSameTimeUpToTheNumberOfThreads) {
  WorkerPool pool(3, 0);
  Gate all_run(3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(pool.Submit([&] { all_run.ArriveAndWait(); }));
  }
  pool.Join();
}

TEST(WorkerPoolTest, RefusesWhatHasNoThreadAndNoRoomInTheQueue) {
  Gate running(2), over(2);
  std::atomic<int> queued{0};
  WorkerPool pool(1, 2);
  EXPECT_TRUE(pool.Submit([&] {
    running.ArriveAndWait();
    over.ArriveAndWait();
  }));
  running.ArriveAndWait();
  EXPECT_TRUE(pool.Submit([&] { ++queued; }));
  EXPECT_TRUE(pool.Submit([&] { ++queued; }));
  EXPECT_FALSE(pool.Submit([&] { ++queued; }));
  over.ArriveAndWait();
  pool.Join();
  EXPECT_EQ(queued, 2);
}

TEST(WorkerPoolTest, IdleThreadIsUsedAgain) {
  WorkerPool pool(1, 100);
  std::atomic<int> done{0};
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(pool.Submit([&] { ++done; }));
  }
  pool.Join();
  EXPECT_EQ(done, 100);
}

TEST(WorkerPoolTest, RefusesAfterJoin) {
  WorkerPool pool(1, 1);
  pool.Join();
  EXPECT_FALSE(pool.Submit([] {}));
}

}  // namespace
}  // namespace openvidu::token
