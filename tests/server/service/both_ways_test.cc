// That a call within the process and one over gRPC are alike.
#include <gmock/gmock.h>

#include "common/status_details.h"
#include "tests/support/grpc_service_under_test.h"
#include "tests/support/mock_openvidu_client.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::NiceMock;
using Code = absl::StatusCode;

/// The same service, called in one of the two ways.
class BothWaysTest : public testing::TestWithParam<bool> {
 protected:
  NiceMock<MockOpenViduClient> openvidu_;
  GrpcServiceUnderTest service_{openvidu_};
  const std::unique_ptr<TokenClient> client_ =
      GetParam() ? service_.MakeLocalClient() : service_.MakeGrpcClient();
};

TEST_P(BothWaysTest, AnswersArriveWhole) {
  v1::Session session;
  session.set_session_id("room-1");
  session.mutable_created_at()->set_seconds(1795540918);
  v1::Connection connection;
  connection.set_token("wss://x");
  connection.add_custom_ice_servers()->set_url("stun:a");
  ON_CALL(openvidu_, CreateSession).WillByDefault(Answer<v1::Session>(session));
  ON_CALL(openvidu_, CreateConnection).WillByDefault(Answer<v1::Connection>(connection));
  const auto initialized = client_->InitializeSession({});
  ASSERT_THAT(initialized, IsOk());
  EXPECT_EQ(initialized->session().SerializeAsString(), session.SerializeAsString());
  const auto connected = client_->CreateConnection("room-1", {});
  ASSERT_THAT(connected, IsOk());
  EXPECT_EQ(connected->SerializeAsString(), connection.SerializeAsString());
}

TEST_P(BothWaysTest, JoinArrivesWhole) {
  v1::Connection connection;
  connection.set_token("wss://x");
  ON_CALL(openvidu_, CreateSession).WillByDefault(Answer<v1::Session>(v1::Session()));
  ON_CALL(openvidu_, CreateConnection).WillByDefault(Answer<v1::Connection>(connection));
  const auto joined = client_->JoinSession("room-1", {}, {});
  ASSERT_THAT(joined, IsOk());
  EXPECT_EQ(joined->session_id(), "room-1");
  EXPECT_EQ(joined->connection().token(), "wss://x");
  EXPECT_TRUE(joined->created());
}

TEST_P(BothWaysTest, PropertiesArriveWhole) {
  v1::ConnectionProperties properties;
  properties.set_data("a");
  (*properties.mutable_additional_properties())["future"] = "1.0";
  EXPECT_CALL(openvidu_, CreateConnection)
      .WillOnce([&](const CallContext&, absl::string_view id, const v1::ConnectionProperties& got,
                    OpenViduClient::Done<v1::Connection> done) {
        EXPECT_EQ(id, "room-1");
        EXPECT_EQ(got.SerializeAsString(), properties.SerializeAsString());
        done(v1::Connection());
      });
  EXPECT_THAT(client_->CreateConnection("room-1", properties), IsOk());
}

TEST_P(BothWaysTest, StatusesKeepCodeMessageReasonAndField) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status =
        WithField(WithReason(absl::Status(static_cast<Code>(code), "why"), "REASON"), "role");
    ON_CALL(openvidu_, CreateConnection).WillByDefault(Answer<v1::Connection>(status));
    const auto connection = client_->CreateConnection("room-1", {});
    EXPECT_THAT(connection, StatusIs(static_cast<Code>(code), "why"));
    EXPECT_EQ(ReasonOf(connection.status()), "REASON");
    EXPECT_EQ(FieldOf(connection.status()), "role");
  }
}

TEST_P(BothWaysTest, TheSoonerDeadlineCounts) {
  const absl::Time soon = absl::Now() + absl::Seconds(5);
  EXPECT_CALL(openvidu_, CreateSession)
      .WillOnce([&](const CallContext& context, const v1::SessionProperties&,
                    OpenViduClient::Done<v1::Session> done) {
        EXPECT_LE(context.deadline, soon + absl::Seconds(2));
        done(v1::Session());
      })
      .WillOnce([&](const CallContext& context, const v1::SessionProperties&,
                    OpenViduClient::Done<v1::Session> done) {
        EXPECT_LE(context.deadline, absl::Now() + absl::Seconds(20));
        done(v1::Session());
      });
  EXPECT_THAT(client_->InitializeSession({}, {.deadline = soon}), IsOk());
  EXPECT_THAT(client_->InitializeSession({}), IsOk());
}

TEST_P(BothWaysTest, ACancelledCallEndsAndFreesItsPlace) {
  const auto cancellation = std::make_shared<Cancellation>();
  EXPECT_CALL(openvidu_, CreateConnection)
      .WillOnce([&](const CallContext& context, absl::string_view, const v1::ConnectionProperties&,
                    OpenViduClient::Done<v1::Connection> done) {
        // As OpenViduClient does it.
        context.cancellation->SetListener(
            [done = std::make_shared<OpenViduClient::Done<v1::Connection>>(std::move(done))] {
              (*done)(absl::CancelledError("given up"));
            });
        cancellation->Cancel();
      });
  const auto connection = client_->CreateConnection("room-1", {}, {.cancellation = cancellation});
  EXPECT_THAT(connection, StatusIs(Code::kCancelled));
}

TEST_P(BothWaysTest, WhatIsCancelledBeforehandEnds) {
  const auto cancellation = std::make_shared<Cancellation>();
  cancellation->Cancel();
  ON_CALL(openvidu_, CreateConnection)
      .WillByDefault([&](const CallContext& context, absl::string_view,
                         const v1::ConnectionProperties&,
                         OpenViduClient::Done<v1::Connection> done) {
        context.cancellation->SetListener(
            [done = std::make_shared<OpenViduClient::Done<v1::Connection>>(std::move(done))] {
              (*done)(absl::CancelledError("given up"));
            });
      });
  EXPECT_THAT(client_->CreateConnection("room-1", {}, {.cancellation = cancellation}),
              StatusIs(Code::kCancelled));
}

INSTANTIATE_TEST_SUITE_P(, BothWaysTest, testing::Bool(),
                         [](const auto& row) { return row.param ? "Local" : "Grpc"; });

}  // namespace
}  // namespace openvidu::token
