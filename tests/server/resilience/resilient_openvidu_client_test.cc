#include "server/resilience/resilient_openvidu_client.h"

#include <gmock/gmock.h>

#include <latch>
#include <vector>

#include "common/status_details.h"
#include "tests/support/mock_openvidu_client.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using Code = absl::StatusCode;
using SessionDone = OpenViduClient::Done<v1::Session>;

const absl::Status kUnreachable =
    WithReason(absl::UnavailableError("refused"), "UPSTREAM_UNREACHABLE");
const absl::Status kLost = WithReason(absl::UnavailableError("EOF"), "UPSTREAM_ANSWER_LOST");

CallContext InTime() { return {absl::Now() + absl::Seconds(60), nullptr}; }

v1::SessionProperties Room(const std::string& id) {
  v1::SessionProperties properties;
  properties.set_custom_session_id(id);
  return properties;
}

class ResilientOpenViduClientTest : public testing::Test {
 protected:
  absl::StatusOr<v1::Session> CreateSession(const v1::SessionProperties& properties,
                                            const CallContext& context = InTime()) {
    absl::StatusOr<v1::Session> result;
    std::latch ended{1};
    client_->CreateSession(context, properties, [&](absl::StatusOr<v1::Session> session) {
      result = std::move(session);
      ended.count_down();
    });
    ended.wait();
    return result;
  }

  absl::StatusOr<v1::Connection> CreateConnection() {
    absl::StatusOr<v1::Connection> result;
    std::latch ended{1};
    const v1::ConnectionProperties properties;
    client_->CreateConnection(InTime(), "room-1", properties,
                              [&](absl::StatusOr<v1::Connection> connection) {
                                result = std::move(connection);
                                ended.count_down();
                              });
    ended.wait();
    return result;
  }

  /// Keeps the upstream's calls until the test ends them, on the reactor's thread.
  void HoldSessions() {
    ON_CALL(openvidu_, CreateSession)
        .WillByDefault(
            [this](const CallContext& context, const v1::SessionProperties&, SessionDone done) {
              contexts_.push_back(context);
              held_.push_back(std::move(done));
            });
  }

  void EndHeld(size_t index, const absl::StatusOr<v1::Session>& session) {
    reactor_->RunAndWait([&] { held_[index](session); });
  }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  std::vector<CallContext> contexts_;
  std::vector<SessionDone> held_;
  testing::NiceMock<MockOpenViduClient> openvidu_;
  std::unique_ptr<ResilientOpenViduClient> client_ = std::make_unique<ResilientOpenViduClient>(
      *reactor_, openvidu_, absl::Seconds(20),
      RetryOptions{.initial_backoff = absl::Milliseconds(1)});
};

TEST_F(ResilientOpenViduClientTest, WhatDidNotReachOpenViduIsSentAgain) {
  EXPECT_CALL(openvidu_, CreateConnection)
      .WillOnce(Answer<v1::Connection>(kUnreachable))
      .WillOnce(Answer<v1::Connection>(kUnreachable))
      .WillOnce(Answer<v1::Connection>(v1::Connection()));
  EXPECT_THAT(CreateConnection(), IsOk());
  EXPECT_CALL(openvidu_, CreateSession)
      .WillOnce(Answer<v1::Session>(kUnreachable))
      .WillOnce(Answer<v1::Session>(v1::Session()));
  EXPECT_THAT(CreateSession({}), IsOk());
}

TEST_F(ResilientOpenViduClientTest, WhatMayHaveHappenedIsSentAgainOnlyWithACustomId) {
  EXPECT_CALL(openvidu_, CreateConnection).WillOnce(Answer<v1::Connection>(kLost));
  EXPECT_THAT(CreateConnection(), StatusIs(Code::kUnavailable));
  EXPECT_CALL(openvidu_, CreateSession).WillOnce(Answer<v1::Session>(kLost));
  EXPECT_THAT(CreateSession({}), StatusIs(Code::kUnavailable));
  EXPECT_CALL(openvidu_, CreateSession)
      .WillOnce(Answer<v1::Session>(kLost))
      .WillOnce(Answer<v1::Session>(absl::AlreadyExistsError("409")));
  EXPECT_THAT(CreateSession(Room("room-1")), StatusIs(Code::kAlreadyExists));
}

TEST_F(ResilientOpenViduClientTest, WhatMayHaveHappenedIsSaidAlthoughAnotherAttemptDidNothing) {
  for (const char* reason : {"UPSTREAM_UNREACHABLE", "UPSTREAM_CIRCUIT_OPEN", "UPSTREAM_BUSY"}) {
    EXPECT_CALL(openvidu_, CreateSession)
        .WillOnce(Answer<v1::Session>(kLost))
        .WillRepeatedly(
            Answer<v1::Session>(WithReason(absl::UnavailableError("not reached"), reason)));
    EXPECT_THAT(CreateSession(Room("room-1")), StatusIs(Code::kUnavailable, "EOF")) << reason;
  }
}

TEST_F(ResilientOpenViduClientTest, CountsItsRetries) {
  EXPECT_CALL(openvidu_, CreateConnection)
      .WillOnce(Answer<v1::Connection>(kUnreachable))
      .WillOnce(Answer<v1::Connection>(kUnreachable))
      .WillRepeatedly(Answer<v1::Connection>(v1::Connection()));
  EXPECT_THAT(CreateConnection(), IsOk());
  EXPECT_THAT(CreateConnection(), IsOk());
  reactor_->RunAndWait([this] {
    EXPECT_EQ(client_->retries(), 2);
    EXPECT_DOUBLE_EQ(client_->retry_budget(), (20 - 2 + 2 * 0.1) / 20);
  });
}

TEST_F(ResilientOpenViduClientTest, AttemptsHaveAnEnd) {
  EXPECT_CALL(openvidu_, CreateConnection)
      .Times(4)
      .WillRepeatedly(Answer<v1::Connection>(kUnreachable));
  EXPECT_THAT(CreateConnection(), StatusIs(Code::kUnavailable, "refused"));
}

TEST_F(ResilientOpenViduClientTest, NothingIsTriedBeyondTheDeadline) {
  // The pause is any up to this: so long that a short one does not come about.
  constexpr absl::Duration kPause = absl::Hours(1'000'000);
  client_ = std::make_unique<ResilientOpenViduClient>(
      *reactor_, openvidu_, absl::Seconds(20),
      RetryOptions{.initial_backoff = kPause, .max_backoff = kPause});
  EXPECT_CALL(openvidu_, CreateSession).WillOnce(Answer<v1::Session>(kUnreachable));
  EXPECT_THAT(CreateSession({}), StatusIs(Code::kUnavailable, "refused"));
}

TEST_F(ResilientOpenViduClientTest, CancellationEndsAPause) {
  client_ = std::make_unique<ResilientOpenViduClient>(
      *reactor_, openvidu_, absl::Hours(20),
      RetryOptions{.initial_backoff = absl::Hours(1), .max_backoff = absl::Hours(1)});
  CallContext context = {absl::Now() + absl::Hours(10), std::make_shared<Cancellation>()};
  EXPECT_CALL(openvidu_, CreateSession)
      .WillOnce([&](const CallContext&, const v1::SessionProperties&, SessionDone done) {
        done(kUnreachable);
        context.cancellation->Cancel();
      });
  EXPECT_THAT(CreateSession({}, context), StatusIs(Code::kCancelled));
}

TEST_F(ResilientOpenViduClientTest, TheSameSessionIsAskedForOnce) {
  HoldSessions();
  EXPECT_CALL(openvidu_, CreateSession).Times(1);
  const v1::SessionProperties properties = Room("room-1");
  std::latch left(100);
  int created = 0;
  int existed = 0;
  for (int i = 0; i < 100; ++i) {
    client_->CreateSession(InTime(), properties, [&](const absl::StatusOr<v1::Session>& session) {
      created += session.ok() ? 1 : 0;
      existed += absl::IsAlreadyExists(session.status()) ? 1 : 0;
      left.count_down();
    });
  }
  EndHeld(0, v1::Session());
  left.wait();
  EXPECT_EQ(created, 1);
  EXPECT_EQ(existed, 99);
  reactor_->RunAndWait([this] { EXPECT_EQ(client_->shared(), 99); });
}

TEST_F(ResilientOpenViduClientTest, WhatIsSharedIsOfTheTraceOfWhoBeganIt) {
  HoldSessions();
  const v1::SessionProperties properties = Room("room-1");
  std::latch left(2);
  for (const uint64_t span : {1, 2}) {
    CallContext context = InTime();
    context.trace = {.trace_low = 7, .span = span, .sampled = true};
    client_->CreateSession(context, properties,
                           [&](const absl::StatusOr<v1::Session>&) { left.count_down(); });
  }
  EndHeld(0, v1::Session());
  left.wait();
  ASSERT_EQ(contexts_.size(), 1);
  EXPECT_EQ(contexts_[0].trace.span, 1u);
}

TEST_F(ResilientOpenViduClientTest, AFailureIsEverybodys) {
  HoldSessions();
  const v1::SessionProperties properties = Room("room-1");
  std::latch left(3);
  for (int i = 0; i < 3; ++i) {
    client_->CreateSession(InTime(), properties, [&](const absl::StatusOr<v1::Session>& session) {
      EXPECT_THAT(session, StatusIs(Code::kInvalidArgument, "bad"));
      left.count_down();
    });
  }
  EndHeld(0, absl::InvalidArgumentError("bad"));
  left.wait();
}

TEST_F(ResilientOpenViduClientTest, OtherPropertiesAreAnotherRequest) {
  HoldSessions();
  EXPECT_CALL(openvidu_, CreateSession).Times(4);
  const v1::SessionProperties none;
  const v1::SessionProperties first = Room("room-1");
  v1::SessionProperties second = first;
  second.set_media_mode(v1::MEDIA_MODE_ROUTED);
  std::latch left(4);
  for (const v1::SessionProperties* properties :
       std::initializer_list<const v1::SessionProperties*>{&none, &none, &first, &second}) {
    client_->CreateSession(InTime(), *properties, [&](const absl::StatusOr<v1::Session>& session) {
      EXPECT_THAT(session, IsOk());
      left.count_down();
    });
  }
  for (size_t i = 0; i < 4; ++i) EndHeld(i, v1::Session());
  left.wait();
}

TEST_F(ResilientOpenViduClientTest, OneCallersCancellationDoesNotFailTheOthers) {
  HoldSessions();
  const v1::SessionProperties properties = Room("room-1");
  const auto leaving = std::make_shared<Cancellation>();
  std::latch left{1};
  std::latch stayed{1};
  client_->CreateSession({absl::Now() + absl::Seconds(60), leaving}, properties,
                         [&](const absl::StatusOr<v1::Session>& session) {
                           EXPECT_THAT(session, StatusIs(Code::kCancelled));
                           left.count_down();
                         });
  client_->CreateSession(InTime(), properties, [&](const absl::StatusOr<v1::Session>& session) {
    EXPECT_THAT(session, StatusIs(Code::kAlreadyExists));
    stayed.count_down();
  });
  leaving->Cancel();
  left.wait();
  EndHeld(0, v1::Session());
  stayed.wait();
}

TEST_F(ResilientOpenViduClientTest, WhenTheLastHasGoneTheRequestIsGivenUp) {
  HoldSessions();
  const v1::SessionProperties properties = Room("room-1");
  const auto leaving = std::make_shared<Cancellation>();
  std::latch left{1};
  std::latch given_up{1};
  client_->CreateSession({absl::Now() + absl::Seconds(60), leaving}, properties,
                         [&](const absl::StatusOr<v1::Session>&) { left.count_down(); });
  reactor_->RunAndWait(
      [&] { contexts_.at(0).cancellation->SetListener([&] { given_up.count_down(); }); });
  leaving->Cancel();
  left.wait();
  given_up.wait();
}

TEST_F(ResilientOpenViduClientTest, EachCallerHasADeadlineOfItsOwn) {
  HoldSessions();
  const v1::SessionProperties properties = Room("room-1");
  std::latch stayed{1};
  client_->CreateSession(InTime(), properties, [&](const absl::StatusOr<v1::Session>& session) {
    EXPECT_THAT(session, IsOk());
    stayed.count_down();
  });
  EXPECT_THAT(CreateSession(properties, {absl::Now() + absl::Milliseconds(10), nullptr}),
              StatusIs(Code::kDeadlineExceeded));
  EndHeld(0, v1::Session());
  stayed.wait();
}

TEST_F(ResilientOpenViduClientTest, WhereTheServiceStopsNothingIsSentAgain) {
  EXPECT_CALL(openvidu_, Shutdown());
  client_->Shutdown();
  EXPECT_CALL(openvidu_, CreateConnection).WillOnce(Answer<v1::Connection>(kUnreachable));
  EXPECT_THAT(CreateConnection(), StatusIs(Code::kUnavailable, "refused"));
}

TEST_F(ResilientOpenViduClientTest, WhereTheServiceStopsWhatWaitsToBeSentAgainEnds) {
  client_ = std::make_unique<ResilientOpenViduClient>(
      *reactor_, openvidu_, absl::Hours(10000),
      RetryOptions{.initial_backoff = absl::Hours(1000), .max_backoff = absl::Hours(1000)});
  EXPECT_CALL(openvidu_, CreateConnection).WillOnce(Answer<v1::Connection>(kUnreachable));
  std::latch ended{1};
  const v1::ConnectionProperties properties;
  client_->CreateConnection({}, "room-1", properties,
                            [&](const absl::StatusOr<v1::Connection>& connection) {
                              EXPECT_THAT(connection, StatusIs(Code::kUnavailable));
                              ended.count_down();
                            });
  client_->Shutdown();
  ended.wait();
}

TEST_F(ResilientOpenViduClientTest, ItsEndIsACancellation) {
  HoldSessions();
  std::latch ended{1};
  const v1::SessionProperties properties = Room("room-1");
  client_->CreateSession(InTime(), properties, [&](const absl::StatusOr<v1::Session>& session) {
    EXPECT_THAT(session, StatusIs(Code::kCancelled));
    ended.count_down();
  });
  reactor_->RunAndWait([] {});
  client_ = nullptr;
  ended.wait();
  EndHeld(0, v1::Session());  // late: nobody listens
}

}  // namespace
}  // namespace openvidu::token
