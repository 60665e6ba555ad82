#include "emulator/session_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/match.h"

namespace openvidu::emulator {
namespace {

class SessionStoreTest : public testing::Test {
 protected:
  std::string Create(const std::string& id) {
    SessionProperties properties;
    properties.custom_session_id = id;
    return *store_.CreateSession(properties);
  }
  std::string TokenOf(const std::string& connection) {
    const size_t at = connection.find("tok_");
    return connection.substr(at, 20);
  }
  std::string IdOf(const std::string& connection) {
    return connection.substr(7, connection.find('"', 7) - 7);
  }
  std::string Connect(const std::string& session) {
    ConnectionProperties properties;
    properties.role = "PUBLISHER";
    return *store_.CreateWebrtcConnection(session, properties);
  }

  absl::Time now_ = absl::FromUnixSeconds(1000000);
  SessionStore store_{"wss://localhost:4443", [this] { return now_; }};
};

TEST_F(SessionStoreTest, OneIdHasOneWinnerInARace) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> winners{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 12; ++i) {
      threads.emplace_back([&] {
        SessionProperties properties;
        properties.custom_session_id = "race" + std::to_string(round);
        if (store_.CreateSession(properties).ok()) ++winners;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
  }
}

TEST_F(SessionStoreTest, AnIdIsFreeAfterItsSession) {
  Create("a");
  const std::string old_token = TokenOf(Connect("a"));
  ASSERT_TRUE(store_.DeleteSession("a").ok());
  EXPECT_FALSE(store_.DeleteSession("a").ok());
  Create("a");
  EXPECT_TRUE(absl::IsNotFound(store_.Join("a", old_token, "", "").status()));
}

TEST_F(SessionStoreTest, CollectsByAgeWhatNobodyJoined) {
  Create("old");
  Create("joined");
  ASSERT_TRUE(store_.Join("joined", TokenOf(Connect("joined")), "", "").ok());
  now_ += absl::Seconds(6);
  Connect("old");  // does not make it younger
  Create("young");
  EXPECT_EQ(store_.CollectGarbage(absl::Seconds(6)), 0U);  // not older than that
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(store_.CollectGarbage(absl::Seconds(6)), 1U);
  EXPECT_FALSE(store_.HasSession("old"));
  EXPECT_TRUE(store_.HasSession("joined"));
  EXPECT_TRUE(store_.HasSession("young"));
}

TEST_F(SessionStoreTest, ACameraKeepsItsSession) {
  Create("a");
  ConnectionProperties camera;
  camera.is_ipcam = true;
  camera.rtsp_uri = "rtsp://127.0.0.1/x";
  const std::string json = *store_.CreateIpcamConnection("a", camera);
  EXPECT_TRUE(absl::StrContains(json, R"("status":"active")"));
  now_ += absl::Hours(100);
  EXPECT_EQ(store_.CollectGarbage(absl::Seconds(1)), 0U);
  EXPECT_TRUE(store_.DeleteConnection("a", IdOf(json)).ok());
  EXPECT_FALSE(store_.HasSession("a"));
}

TEST_F(SessionStoreTest, ATokenLetsOneIn) {
  Create("a");
  const std::string pending = Connect("a");
  const std::string active = *store_.Join("a", TokenOf(pending), "me", "test");
  EXPECT_EQ(IdOf(active), IdOf(pending));
  EXPECT_TRUE(absl::StrContains(active, R"("clientData":"me")"));
  EXPECT_TRUE(absl::IsNotFound(store_.Join("a", TokenOf(pending), "", "").status()));
}

TEST_F(SessionStoreTest, TheLastParticipantTakesTheSessionAlong) {
  Create("a");
  const std::string first = Connect("a");
  const std::string second = Connect("a");
  Connect("a");  // stays pending
  ASSERT_TRUE(store_.Join("a", TokenOf(first), "", "").ok());
  ASSERT_TRUE(store_.Join("a", TokenOf(second), "", "").ok());
  ASSERT_TRUE(store_.Leave("a", IdOf(first)).ok());
  EXPECT_TRUE(store_.HasSession("a"));
  ASSERT_TRUE(store_.Leave("a", IdOf(second)).ok());
  EXPECT_FALSE(store_.HasSession("a"));
  EXPECT_EQ(store_.Count().connections, 0U);
}

TEST_F(SessionStoreTest, ARevokedConnectionLeavesTheSession) {
  Create("a");
  const std::string pending = Connect("a");
  EXPECT_TRUE(store_.DeleteConnection("a", IdOf(pending)).ok());
  EXPECT_TRUE(absl::IsNotFound(store_.DeleteConnection("a", IdOf(pending))));
  EXPECT_TRUE(absl::IsFailedPrecondition(store_.DeleteConnection("b", IdOf(pending))));
  EXPECT_TRUE(store_.HasSession("a"));
}

TEST_F(SessionStoreTest, ListsActiveConnectionsFirst) {
  Create("a");
  const std::string pending = Connect("a");
  const std::string joining = Connect("a");
  ASSERT_TRUE(store_.Join("a", TokenOf(joining), "", "").ok());
  const std::string list = *store_.ConnectionsJson("a", /*with_pending=*/true);
  EXPECT_TRUE(absl::StartsWith(list, R"({"numberOfElements":2,)"));
  EXPECT_LT(list.find(IdOf(joining)), list.find(IdOf(pending)));
  EXPECT_TRUE(absl::StartsWith(*store_.ConnectionsJson("a", false), R"({"numberOfElements":1,)"));
}

TEST_F(SessionStoreTest, StreamsEndByTheirOwnRules) {
  Create("a");
  const std::string connection = Connect("a");
  EXPECT_TRUE(absl::IsNotFound(store_.DeleteStream("a", "str_x")));
  ASSERT_TRUE(store_.Join("a", TokenOf(connection), "", "").ok());
  const std::string stream = *store_.Publish("a", IdOf(connection));
  EXPECT_TRUE(absl::StrContains(*store_.ConnectionJson("a", IdOf(connection)), stream));
  EXPECT_TRUE(store_.DeleteStream("a", stream).ok());
  EXPECT_TRUE(absl::IsNotFound(store_.DeleteStream("a", stream)));
  EXPECT_TRUE(absl::IsFailedPrecondition(store_.DeleteStream("b", stream)));
}

}  // namespace
}  // namespace openvidu::emulator
