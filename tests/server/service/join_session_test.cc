#include <gmock/gmock.h>

#include <latch>

#include "common/status_details.h"
#include "server/service/known_sessions.h"
#include "server/service/token_service_impl.h"
#include "tests/support/mock_openvidu_client.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::InSequence;
using ::testing::StrictMock;
using Code = absl::StatusCode;

const absl::Status kNotFound = absl::NotFoundError("no such session");
const absl::Status kExists = absl::AlreadyExistsError("409");

v1::Connection Token(const std::string& token) {
  v1::Connection connection;
  connection.set_connection_id("con_A");
  connection.set_token(token);
  return connection;
}

class JoinSessionTest : public testing::Test {
 protected:
  JoinSessionTest() { request_.set_custom_session_id("room-1"); }

  absl::StatusOr<v1::JoinSessionResponse> Join() {
    v1::JoinSessionResponse response;
    const absl::Status status = Wait([&](TokenServiceImpl::Done done) {
      service_.JoinSession({}, request_, response, std::move(done));
    });
    if (!status.ok()) return status;
    return response;
  }

  absl::StatusOr<v1::Connection> Connect(const v1::CreateConnectionRequest& request,
                                         const std::string& subject = "") {
    CallContext context;
    context.subject = subject;
    v1::CreateConnectionResponse response;
    const absl::Status status = Wait([&](TokenServiceImpl::Done done) {
      service_.CreateConnection(context, request, response, std::move(done));
    });
    if (!status.ok()) return status;
    return response.connection();
  }

  static absl::Status Wait(absl::AnyInvocable<void(TokenServiceImpl::Done)> start) {
    absl::Status status;
    std::latch ended{1};
    start([&](const absl::Status& result) {
      status = result;
      ended.count_down();
    });
    ended.wait();
    return status;
  }

  auto& ExpectCreate() { return EXPECT_CALL(openvidu_, CreateSession); }
  auto& ExpectConnect() { return EXPECT_CALL(openvidu_, CreateConnection); }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  StrictMock<MockOpenViduClient> openvidu_;
  TokenServiceImpl service_{*reactor_, openvidu_, absl::Seconds(20)};
  v1::JoinSessionRequest request_;
};

TEST_F(JoinSessionTest, ASessionThatWasNeverHeardOfIsCreatedAndThenKnown) {
  request_.mutable_session_properties()->set_media_mode(v1::MEDIA_MODE_RELAYED);
  request_.mutable_connection_properties()->set_role(v1::ROLE_SUBSCRIBER);
  const InSequence in_order;
  ExpectCreate().WillOnce([](const CallContext&, const v1::SessionProperties& properties,
                             OpenViduClient::Done<v1::Session> done) {
    EXPECT_EQ(properties.custom_session_id(), "room-1");
    EXPECT_EQ(properties.media_mode(), v1::MEDIA_MODE_RELAYED);
    done(v1::Session());
  });
  ExpectConnect().WillOnce([](const CallContext&, absl::string_view id,
                              const v1::ConnectionProperties& properties,
                              OpenViduClient::Done<v1::Connection> done) {
    EXPECT_EQ(id, "room-1");
    EXPECT_EQ(properties.role(), v1::ROLE_SUBSCRIBER);
    done(Token("tok_1"));
  });
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_2")));  // alone
  auto joined = Join();
  ASSERT_THAT(joined, IsOk());
  EXPECT_EQ(joined->session_id(), "room-1");
  EXPECT_EQ(joined->connection().token(), "tok_1");
  EXPECT_TRUE(joined->created());
  joined = Join();
  ASSERT_THAT(joined, IsOk());
  EXPECT_FALSE(joined->created());
}

TEST_F(JoinSessionTest, OneThatSomebodyElseCreatedIsJoined) {
  const InSequence in_order;
  ExpectCreate().WillOnce(Answer<v1::Session>(kExists));
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_1")));
  const auto joined = Join();
  ASSERT_THAT(joined, IsOk());
  EXPECT_FALSE(joined->created());
}

TEST_F(JoinSessionTest, OneThatWasClosedIsCreatedAgain) {
  const InSequence in_order;
  ExpectCreate().WillOnce(Answer<v1::Session>(v1::Session()));
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_1")));
  ExpectConnect().WillOnce(Answer<v1::Connection>(kNotFound));
  ExpectCreate().WillOnce(Answer<v1::Session>(v1::Session()));
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_2")));
  ASSERT_THAT(Join(), IsOk());
  const auto joined = Join();
  ASSERT_THAT(joined, IsOk());
  EXPECT_TRUE(joined->created());
}

TEST_F(JoinSessionTest, OneThatIsClosedAgainAndAgainIsGivenUp) {
  ExpectCreate().Times(3).WillRepeatedly(Answer<v1::Session>(v1::Session()));
  ExpectConnect().Times(3).WillRepeatedly(Answer<v1::Connection>(kNotFound));
  EXPECT_THAT(Join(), StatusIs(Code::kAborted));
}

TEST_F(JoinSessionTest, OtherCallsTellWhatIsThere) {
  const InSequence in_order;
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_1")));
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_2")));
  v1::CreateConnectionRequest connect;
  connect.set_session_id("room-1");
  ASSERT_THAT(Connect(connect), IsOk());
  EXPECT_THAT(Join(), IsOk());
}

TEST_F(JoinSessionTest, AFailureEndsIt) {
  const absl::Status lost = absl::UnavailableError("EOF");
  ExpectCreate().WillOnce(Answer<v1::Session>(lost));
  EXPECT_THAT(Join(), StatusIs(Code::kUnavailable, "EOF"));
  ExpectCreate().WillOnce(Answer<v1::Session>(kExists));
  ExpectConnect().WillOnce(Answer<v1::Connection>(lost));
  EXPECT_THAT(Join(), StatusIs(Code::kUnavailable, "EOF"));
}

TEST_F(JoinSessionTest, IdsThatDisagreeAreRefused) {
  request_.mutable_session_properties()->set_custom_session_id("room-2");
  EXPECT_THAT(Join(), StatusIs(Code::kInvalidArgument, HasSubstr("another session")));
  request_.clear_custom_session_id();
  EXPECT_THAT(Join(), StatusIs(Code::kInvalidArgument));
}

TEST_F(JoinSessionTest, ARequestIdMakesEqualRequestsOne) {
  ExpectCreate().WillOnce(Answer<v1::Session>(v1::Session()));
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_1")));
  request_.set_request_id("r-1");
  for (int i = 0; i < 3; ++i) {
    const auto joined = Join();
    ASSERT_THAT(joined, IsOk());
    EXPECT_EQ(joined->connection().token(), "tok_1");
  }

  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_2")));
  v1::CreateConnectionRequest connect;
  connect.set_session_id("room-1");
  connect.set_request_id("r-2");
  for (int i = 0; i < 3; ++i) {
    const auto connected = Connect(connect);
    ASSERT_THAT(connected, IsOk());
    EXPECT_EQ(connected->token(), "tok_2");
  }
}

TEST_F(JoinSessionTest, ARequestIdOfAnotherRequestIsRefused) {
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_1")));
  v1::CreateConnectionRequest connect;
  connect.set_session_id("room-1");
  connect.set_request_id("r-1");
  ASSERT_THAT(Connect(connect), IsOk());
  connect.mutable_properties()->set_data("other");
  const auto refused = Connect(connect);
  EXPECT_THAT(refused, StatusIs(Code::kInvalidArgument));
  EXPECT_EQ(FieldOf(refused.status()), "requestId");
  request_.set_request_id("r-1");
  EXPECT_THAT(Join(), StatusIs(Code::kInvalidArgument));
}

TEST_F(JoinSessionTest, AConflictOfOpenVidusIsNoneOfTheRequestId) {
  ExpectConnect().WillOnce(
      Answer<v1::Connection>(WithReason(absl::AlreadyExistsError("409"), "SESSION_EXISTS")));
  v1::CreateConnectionRequest connect;
  connect.set_session_id("room-1");
  connect.set_request_id("r-1");
  EXPECT_THAT(Connect(connect), StatusIs(Code::kAlreadyExists));
}

TEST_F(JoinSessionTest, ARequestIdIsOfItsSubjectOnly) {
  ExpectConnect()
      .WillOnce(Answer<v1::Connection>(Token("tok_ada")))
      .WillOnce(Answer<v1::Connection>(Token("tok_bob")));
  v1::CreateConnectionRequest connect;
  connect.set_session_id("room-1");
  connect.set_request_id("r-1");
  for (const std::string& subject : {std::string("ada"), std::string("bob"), std::string("ada")}) {
    const auto connected = Connect(connect, subject);
    ASSERT_THAT(connected, IsOk());
    EXPECT_EQ(connected->token(), "tok_" + subject);
  }
}

TEST_F(JoinSessionTest, AFailureIsNotKeptForARequestId) {
  const InSequence in_order;
  ExpectConnect().WillOnce(Answer<v1::Connection>(absl::UnavailableError("EOF")));
  ExpectConnect().WillOnce(Answer<v1::Connection>(Token("tok_1")));
  v1::CreateConnectionRequest connect;
  connect.set_session_id("room-1");
  connect.set_request_id("r-1");
  EXPECT_THAT(Connect(connect), StatusIs(Code::kUnavailable));
  EXPECT_THAT(Connect(connect), IsOk());
}

TEST_F(JoinSessionTest, ARequestIdHasItsForm) {
  v1::CreateConnectionRequest connect;
  connect.set_session_id("room-1");
  for (const std::string& id : {std::string("a b"), std::string("\n"), std::string(129, 'a')}) {
    connect.set_request_id(id);
    EXPECT_THAT(Connect(connect), StatusIs(Code::kInvalidArgument, HasSubstr("request id")));
  }
}

TEST(KnownSessionsTest, KeepsTheMostRecent) {
  KnownSessions known(2);
  known.Add("a");
  known.Add("b");
  known.Add("a");
  known.Add("c");
  EXPECT_TRUE(known.Has("a"));
  EXPECT_FALSE(known.Has("b"));
  EXPECT_TRUE(known.Has("c"));
  known.Remove("a");
  known.Remove("a");
  EXPECT_FALSE(known.Has("a"));
}

}  // namespace
}  // namespace openvidu::token
