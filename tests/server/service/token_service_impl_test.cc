#include "server/service/token_service_impl.h"

#include <gmock/gmock.h>

#include <latch>

#include "common/status_details.h"
#include "tests/support/grpc_service_under_test.h"
#include "tests/support/mock_openvidu_client.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::_;
using ::testing::StrictMock;
using Code = absl::StatusCode;

class TokenServiceImplTest : public testing::Test {
 protected:
  StrictMock<MockOpenViduClient> openvidu_;
  GrpcServiceUnderTest service_{openvidu_};
  const std::unique_ptr<TokenClient> client_ = service_.MakeGrpcClient();
};

v1::SessionProperties WithCustomId(const std::string& id) {
  v1::SessionProperties properties;
  properties.set_custom_session_id(id);
  return properties;
}

TEST_F(TokenServiceImplTest, InitializeSessionReturnsTheSessionThatOpenViduMade) {
  v1::Session made;
  made.set_session_id("ses_A");
  made.mutable_created_at()->set_seconds(1795540918);
  EXPECT_CALL(openvidu_, CreateSession).WillOnce(Answer<v1::Session>(made));
  const auto response = client_->InitializeSession({});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->session().session_id(), "ses_A");
  EXPECT_EQ(response->session().created_at().seconds(), 1795540918);
  EXPECT_FALSE(response->already_existed());
}

TEST_F(TokenServiceImplTest, InitializeSessionReturnsTheSessionThatExists) {
  EXPECT_CALL(openvidu_, CreateSession)
      .WillOnce(Answer<v1::Session>(absl::AlreadyExistsError("taken")));
  const auto response = client_->InitializeSession(WithCustomId("room-1"));
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->session().session_id(), "room-1");
  EXPECT_TRUE(response->already_existed());
}

TEST_F(TokenServiceImplTest, AConflictWithoutACustomIdIsNoSuccess) {
  EXPECT_CALL(openvidu_, CreateSession)
      .WillOnce(Answer<v1::Session>(absl::AlreadyExistsError("odd")));
  EXPECT_THAT(client_->InitializeSession({}), StatusIs(Code::kAlreadyExists));
}

TEST_F(TokenServiceImplTest, CreateConnectionPassesIdAndPropertiesAndReturnsTheConnection) {
  v1::ConnectionProperties properties;
  properties.set_role(v1::ROLE_SUBSCRIBER);
  (*properties.mutable_additional_properties())["future"] = "[1.0]";
  v1::Connection made;
  made.set_connection_id("con_A");
  made.set_token("wss://x");
  EXPECT_CALL(openvidu_, CreateConnection)
      .WillOnce([&](const CallContext&, absl::string_view id,
                    const v1::ConnectionProperties& received,
                    OpenViduClient::Done<v1::Connection> done) {
        EXPECT_EQ(id, "room-1");
        EXPECT_EQ(received.SerializeAsString(), properties.SerializeAsString());
        done(made);
      });
  const auto connection = client_->CreateConnection("room-1", properties);
  ASSERT_THAT(connection, IsOk());
  EXPECT_EQ(connection->token(), "wss://x");
}

TEST_F(TokenServiceImplTest, EveryErrorKeepsItsCodeReasonAndField) {
  for (const Code code : {Code::kInvalidArgument, Code::kNotFound, Code::kUnavailable,
                          Code::kDeadlineExceeded, Code::kInternal}) {
    EXPECT_CALL(openvidu_, CreateConnection)
        .WillOnce(Answer<v1::Connection>(
            WithField(WithReason(absl::Status(code, "why"), "REASON"), "role")));
    const auto connection = client_->CreateConnection("room-1", {});
    EXPECT_THAT(connection, StatusIs(code, "why"));
    EXPECT_EQ(ReasonOf(connection.status()), "REASON");
    EXPECT_EQ(FieldOf(connection.status()), "role");
  }
}

TEST_F(TokenServiceImplTest, TheSoonerDeadlineReachesOpenVidu) {
  const absl::Time soon = absl::Now() + absl::Seconds(5);
  const absl::Time late = absl::Now() + absl::Seconds(19);
  EXPECT_CALL(openvidu_, CreateSession)
      .WillOnce([&](const CallContext& context, const v1::SessionProperties&,
                    OpenViduClient::Done<v1::Session> done) {
        EXPECT_LE(context.deadline, soon + absl::Seconds(2));
        done(v1::Session());
      })
      .WillOnce([&](const CallContext& context, const v1::SessionProperties&,
                    OpenViduClient::Done<v1::Session> done) {
        EXPECT_GE(context.deadline, late);
        EXPECT_LE(context.deadline, absl::Now() + absl::Seconds(20));
        done(v1::Session());
      });
  EXPECT_THAT(client_->InitializeSession({}, {.deadline = soon}), IsOk());
  EXPECT_THAT(client_->InitializeSession({}), IsOk());
}

TEST_F(TokenServiceImplTest, ACallerThatGoesIsTold) {
  std::latch cancelled{1};
  OpenViduClient::Done<v1::Connection> answer;
  EXPECT_CALL(openvidu_, CreateConnection)
      .WillOnce([&](const CallContext& context, absl::string_view, const v1::ConnectionProperties&,
                    OpenViduClient::Done<v1::Connection> done) {
        answer = std::move(done);
        context.cancellation->SetListener([&] { cancelled.count_down(); });
      });
  EXPECT_THAT(
      client_->CreateConnection("room-1", {}, {.deadline = absl::Now() + absl::Milliseconds(50)}),
      StatusIs(Code::kDeadlineExceeded));
  cancelled.wait();
  answer(absl::CancelledError("gone"));
}

}  // namespace
}  // namespace openvidu::token
