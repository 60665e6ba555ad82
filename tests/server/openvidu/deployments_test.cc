#include "server/openvidu/deployments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_details.h"
#include "tests/support/mock_openvidu_client.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using testing::_;
using testing::MatchesRegex;
using testing::StrictMock;

constexpr int kIds = 30'000;

std::string Id(int i) { return absl::StrCat("room-", i); }

std::vector<std::string> Names(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i)
    names.push_back(absl::StrCat("https://video-", i, ".example:443"));
  return names;
}

TEST(DeploymentOrderTest, EachHasItsShare) {
  const std::vector<std::string> names = Names(3);
  std::map<size_t, int> first;
  std::map<size_t, int> second_of_the_first;
  for (int i = 0; i < kIds; ++i) {
    const std::vector<size_t> order = DeploymentOrder(names, Id(i));
    ASSERT_THAT(order, testing::UnorderedElementsAre(0, 1, 2));
    ++first[order[0]];
    if (order[0] == 0) ++second_of_the_first[order[1]];
  }
  for (size_t i = 0; i < names.size(); ++i) EXPECT_NEAR(first[i], kIds / 3, kIds / 60) << i;
  // What is one's that cannot be reached goes to all the others.
  EXPECT_NEAR(second_of_the_first[1], second_of_the_first[2], kIds / 60);
}

TEST(DeploymentOrderTest, OneThatIsAddedTakesItsShareAndMovesNothingElse) {
  const std::vector<std::string> before = Names(3);
  const std::vector<std::string> after = Names(4);
  int moved = 0;
  for (int i = 0; i < kIds; ++i) {
    const size_t was = DeploymentOrder(before, Id(i))[0];
    const size_t is = DeploymentOrder(after, Id(i))[0];
    if (was == is) continue;
    EXPECT_EQ(is, 3) << Id(i);
    ++moved;
  }
  EXPECT_NEAR(moved, kIds / 4, kIds / 60);
}

TEST(DeploymentOrderTest, DoesNotDependOnTheOrderOfTheNames) {
  const std::vector<std::string> names = Names(3);
  const std::vector<std::string> turned(names.rbegin(), names.rend());
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(names[DeploymentOrder(names, Id(i))[0]], turned[DeploymentOrder(turned, Id(i))[0]]);
  }
}

// Where sessions are is kept by OpenVidu alone: another version of this service has to find them.
TEST(DeploymentOrderTest, StaysAsItIs) {
  const std::vector<std::string> names = Names(4);
  std::string first;
  for (int i = 0; i < 32; ++i) absl::StrAppend(&first, DeploymentOrder(names, Id(i))[0]);
  EXPECT_EQ(first, "11030122210203300103130223100003");
}

class DeploymentsTest : public testing::Test {
 protected:
  DeploymentsTest() {
    std::vector<Deployments::Deployment> made;
    for (const std::string& name : Names(3)) {
      auto client = std::make_unique<StrictMock<MockOpenViduClient>>();
      clients_.push_back(client.get());
      made.push_back({name, std::move(client)});
    }
    deployments_ = std::make_unique<Deployments>(std::move(made));
  }

  /// The deployment that this session tries as `turn`-th, from 0 on.
  MockOpenViduClient& At(const std::string& id, int turn) {
    return *clients_[DeploymentOrder(Names(3), id)[turn]];
  }

  absl::StatusOr<v1::Connection> Connect(const std::string& id, absl::Time deadline) {
    absl::StatusOr<v1::Connection> answer = absl::UnknownError("no answer");
    deployments_->CreateConnection(
        {.deadline = deadline}, id, properties_,
        [&](absl::StatusOr<v1::Connection> got) { answer = std::move(got); });
    return answer;
  }

  absl::StatusOr<v1::Session> Create(const std::string& id) {
    v1::SessionProperties properties;
    properties.set_custom_session_id(id);
    absl::StatusOr<v1::Session> answer = absl::UnknownError("no answer");
    deployments_->CreateSession({}, properties,
                                [&](absl::StatusOr<v1::Session> got) { answer = std::move(got); });
    return answer;
  }

  static absl::Status Failed(absl::string_view reason) {
    return WithReason(absl::UnavailableError("not there"), reason);
  }

  static v1::Connection ConnectionOf(const std::string& token) {
    v1::Connection connection;
    connection.set_token(token);
    return connection;
  }

  const v1::ConnectionProperties properties_;
  std::vector<StrictMock<MockOpenViduClient>*> clients_;
  std::unique_ptr<Deployments> deployments_;
};

TEST_F(DeploymentsTest, SessionAndItsConnectionsAreInTheSameOne) {
  for (const std::string id : {"a", "b", "c", "d", "e", "f"}) {
    v1::Session session;
    session.set_session_id(id);
    EXPECT_CALL(At(id, 0), CreateSession).WillOnce(Answer<v1::Session>(session));
    EXPECT_CALL(At(id, 0), CreateConnection(_, absl::string_view(id), _, _))
        .WillOnce(Answer<v1::Connection>(ConnectionOf(id)));
    EXPECT_EQ(Create(id)->session_id(), id);
    EXPECT_EQ(Connect(id, absl::InfiniteFuture())->token(), id);
  }
}

TEST_F(DeploymentsTest, OneThatCannotBeReachedIsPassedOver) {
  for (const char* reason : {"UPSTREAM_UNREACHABLE", "UPSTREAM_CIRCUIT_OPEN"}) {
    EXPECT_CALL(At("room", 0), CreateConnection).WillOnce(Answer<v1::Connection>(Failed(reason)));
    EXPECT_CALL(At("room", 1), CreateConnection)
        .WillOnce(Answer<v1::Connection>(ConnectionOf("second")));
    EXPECT_EQ(Connect("room", absl::InfiniteFuture())->token(), "second");
  }
  EXPECT_CALL(At("room", 0), CreateSession)
      .WillOnce(Answer<v1::Session>(Failed("UPSTREAM_UNREACHABLE")));
  EXPECT_CALL(At("room", 1), CreateSession).WillOnce(Answer<v1::Session>(v1::Session()));
  EXPECT_TRUE(Create("room").ok());
}

TEST_F(DeploymentsTest, WhatMayHaveReachedOneIsAskedOfNoOther) {
  for (const char* reason : {"UPSTREAM_ANSWER_LOST", "UPSTREAM_ERROR"}) {
    EXPECT_CALL(At("room", 0), CreateConnection).WillOnce(Answer<v1::Connection>(Failed(reason)));
    EXPECT_EQ(ReasonOf(Connect("room", absl::InfiniteFuture()).status()), reason);
  }
  for (const absl::Status& answer :
       {absl::NotFoundError("no session"), absl::InvalidArgumentError("role"),
        absl::ResourceExhaustedError("busy")}) {
    EXPECT_CALL(At("room", 0), CreateConnection).WillOnce(Answer<v1::Connection>(answer));
    EXPECT_EQ(Connect("room", absl::InfiniteFuture()).status().code(), answer.code());
  }
}

TEST_F(DeploymentsTest, LastOnesErrorIsTheCallers) {
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_CALL(At("room", turn), CreateConnection)
        .WillOnce(Answer<v1::Connection>(Failed("UPSTREAM_CIRCUIT_OPEN")));
  }
  EXPECT_THAT(Connect("room", absl::InfiniteFuture()), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(DeploymentsTest, NoneIsAskedAfterTheDeadline) {
  EXPECT_CALL(At("room", 0), CreateConnection)
      .WillOnce(Answer<v1::Connection>(Failed("UPSTREAM_UNREACHABLE")));
  EXPECT_THAT(Connect("room", absl::InfinitePast()), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(DeploymentsTest, SessionWithoutAnIdGetsOneByWhichItIsFound) {
  for (int i = 0; i < 20; ++i) {
    std::string asked;
    size_t where = 0;
    for (size_t at = 0; at < clients_.size(); ++at) {
      ON_CALL(*clients_[at], CreateSession)
          .WillByDefault([&, at](const CallContext&, const v1::SessionProperties& properties,
                                 OpenViduClient::Done<v1::Session> done) {
            asked = properties.custom_session_id();
            where = at;
            v1::Session session;
            session.set_session_id(asked);
            done(session);
          });
      EXPECT_CALL(*clients_[at], CreateSession).Times(testing::AnyNumber());
    }
    EXPECT_EQ(Create("")->session_id(), asked);
    EXPECT_THAT(asked, MatchesRegex("ses_[A-Z][0-9A-Za-z]+"));
    EXPECT_EQ(asked.size(), 14);
    EXPECT_EQ(where, DeploymentOrder(Names(3), asked)[0]);
  }
}

TEST_F(DeploymentsTest, ShutdownIsForAll) {
  for (auto* client : clients_) EXPECT_CALL(*client, Shutdown);
  deployments_->Shutdown();
}

}  // namespace
}  // namespace openvidu::token
