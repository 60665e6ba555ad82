#include "server/access/authorizing_token_service.h"

#include <gmock/gmock.h>

#include <future>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/read_file.h"
#include "common/status_details.h"
#include "tests/server/access/signing_key.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::_;
using ::testing::StrictMock;
using Code = absl::StatusCode;

class MockTokenService : public AsyncTokenService {
 public:
  MOCK_METHOD(void, InitializeSession,
              (const CallContext&, const v1::InitializeSessionRequest&,
               v1::InitializeSessionResponse&, Done),
              (override));
  MOCK_METHOD(void, CreateConnection,
              (const CallContext&, const v1::CreateConnectionRequest&,
               v1::CreateConnectionResponse&, Done),
              (override));
  MOCK_METHOD(void, JoinSession,
              (const CallContext&, const v1::JoinSessionRequest&, v1::JoinSessionResponse&, Done),
              (override));
};

constexpr char kHmacKey[] = "0123456789abcdef0123456789abcdef";

// Staff may do all; members may subscribe to sessions of their own; nobody else anything.
constexpr char kPolicy[] = R"({"groups": [
  {"name": "staff", "match": {"claim": {"groups": "staff"}},
   "roles": ["SUBSCRIBER", "PUBLISHER", "MODERATOR"], "defaultRole": "MODERATOR",
   "ipcam": {"schemes": ["rtsp"], "hosts": ["*"]}},
  {"name": "members", "match": {"authenticated": true}, "sessions": ["room-${sub}"],
   "createSessions": false, "roles": ["SUBSCRIBER"]}
]})";

std::shared_ptr<const Caller> CallerOf(const std::string& subject, const std::string& group = "") {
  const std::string payload =
      nlohmann::json({{"iss", "https://id.example"},
                      {"aud", "tokens"},
                      {"sub", subject},
                      {"groups", {group}},
                      {"exp", absl::ToUnixSeconds(absl::Now()) + 600}})
          .dump();
  const std::string signed_text =
      absl::StrCat(Encode(R"({"alg":"HS256"})"), ".", Encode(payload));
  return std::make_shared<Caller>(
      Caller{.bearer_token = absl::StrCat(signed_text, ".", Encode(Hmac(kHmacKey, signed_text))),
             .request_id = "r-1"});
}

class AuthorizingTokenServiceTest : public testing::Test {
 protected:
  AuthorizingTokenServiceTest() {
    options_.authentication.methods = {"jwt"};
    options_.authentication.jwt_hmac_key_file = folder_.Write("hmac", kHmacKey);
    options_.authentication.jwt.issuer = "https://id.example";
    options_.authentication.jwt.audiences = {"tokens"};
    options_.policy.policy = folder_.Write("policy.json", kPolicy);
    options_.audit_log = folder_.path() + "/audit";
  }

  /// The audit log's lines; no calls are possible any more.
  std::vector<nlohmann::json> Audited() {
    access_ = nullptr;
    std::vector<nlohmann::json> lines;
    for (const absl::string_view line :
         absl::StrSplit(*ReadFile(options_.audit_log), '\n', absl::SkipEmpty())) {
      lines.push_back(nlohmann::json::parse(line.begin(), line.end()));
    }
    return lines;
  }

  AuthorizingTokenService& access() {
    if (access_ == nullptr) {
      auto made = AuthorizingTokenService::Create(options_, service_, *reactor_);
      EXPECT_THAT(made, IsOk());
      access_ = *std::move(made);
    }
    return *access_;
  }

  static absl::Status Wait(absl::AnyInvocable<void(AsyncTokenService::Done)> start) {
    std::promise<absl::Status> ended;
    start([&ended](const absl::Status& status) { ended.set_value(status); });
    return ended.get_future().get();
  }

  absl::Status Connect(std::shared_ptr<const Caller> caller, const std::string& session,
                       v1::ConnectionProperties properties = {}) {
    v1::CreateConnectionRequest request;
    request.set_session_id(session);
    *request.mutable_properties() = std::move(properties);
    v1::CreateConnectionResponse response;
    const CallContext context{.deadline = absl::Now() + absl::Seconds(60),
                              .caller = std::move(caller)};
    return Wait([&](AsyncTokenService::Done done) {
      access().CreateConnection(context, request, response, std::move(done));
    });
  }

  const TempFolder folder_;
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  StrictMock<MockTokenService> service_;
  AccessOptions options_;
  std::unique_ptr<AuthorizingTokenService> access_;
};

v1::ConnectionProperties WithRole(v1::Role role) {
  v1::ConnectionProperties properties;
  properties.set_role(role);
  return properties;
}

TEST_F(AuthorizingTokenServiceTest, WhatIsAllowedReachesTheServiceAsThePolicyWantsIt) {
  EXPECT_CALL(service_, CreateConnection)
      .WillOnce([](const CallContext& context, const v1::CreateConnectionRequest& request,
                   v1::CreateConnectionResponse& response, AsyncTokenService::Done done) {
        EXPECT_EQ(context.subject, "jwt:ada");
        EXPECT_EQ(request.session_id(), "room-1");
        EXPECT_EQ(request.properties().role(), v1::ROLE_MODERATOR);
        response.mutable_connection()->set_connection_id("con_A");
        response.mutable_connection()->set_token("tok_secret");
        done(absl::OkStatus());
      });
  EXPECT_THAT(Connect(CallerOf("ada", "staff"), "room-1"), IsOk());

  const std::vector<nlohmann::json> lines = Audited();
  ASSERT_EQ(lines.size(), 1);
  nlohmann::json line = lines[0];
  line.erase("time");
  EXPECT_EQ(line, nlohmann::json({{"audit", "CreateConnection"},
                                  {"allowed", true},
                                  {"rule", "staff"},
                                  {"method", "jwt"},
                                  {"subject", "ada"},
                                  {"sessionId", "room-1"},
                                  {"role", "MODERATOR"},
                                  {"connectionId", "con_A"},
                                  {"code", "OK"},
                                  {"requestId", "r-1"}}));
}

TEST_F(AuthorizingTokenServiceTest, WhatIsDeniedNeverReachesTheService) {
  const absl::Status role = Connect(CallerOf("bob"), "room-bob", WithRole(v1::ROLE_MODERATOR));
  EXPECT_THAT(role, StatusIs(Code::kPermissionDenied));
  EXPECT_EQ(FieldOf(role), "role");
  EXPECT_EQ(ReasonOf(role), "POLICY_DENIED");
  EXPECT_THAT(Connect(CallerOf("bob"), "room-ada"), StatusIs(Code::kPermissionDenied));

  const std::vector<nlohmann::json> lines = Audited();
  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(lines[0]["allowed"], false);
  EXPECT_EQ(lines[0]["rule"], "members");
  EXPECT_EQ(lines[0]["field"], "role");
  EXPECT_EQ(lines[1]["sessionId"], "room-ada");
}

TEST_F(AuthorizingTokenServiceTest, WhoIsNobodyGetsNothing) {
  EXPECT_THAT(Connect(nullptr, "room-1"), StatusIs(Code::kUnauthenticated));
  EXPECT_THAT(Connect(std::make_shared<Caller>(Caller{.bearer_token = "x"}), "room-1"),
              StatusIs(Code::kUnauthenticated));
  const std::vector<nlohmann::json> lines = Audited();
  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(lines[1]["allowed"], false);
  EXPECT_EQ(lines[1]["method"], "anonymous");
  EXPECT_EQ(lines[1]["code"], "UNAUTHENTICATED");
}

TEST_F(AuthorizingTokenServiceTest, WhoMayNotCreateASessionOnlyJoinsIt) {
  v1::InitializeSessionRequest initialize;
  initialize.mutable_properties()->set_custom_session_id("room-bob");
  v1::InitializeSessionResponse initialized;
  const CallContext context{.caller = CallerOf("bob")};
  EXPECT_THAT(Wait([&](AsyncTokenService::Done done) {
                access().InitializeSession(context, initialize, initialized, std::move(done));
              }),
              StatusIs(Code::kPermissionDenied));

  EXPECT_CALL(service_, CreateConnection)
      .WillOnce([](const CallContext&, const v1::CreateConnectionRequest& request,
                   v1::CreateConnectionResponse& response, AsyncTokenService::Done done) {
        EXPECT_EQ(request.session_id(), "room-bob");
        EXPECT_EQ(request.request_id(), "once");
        EXPECT_EQ(request.properties().data(), "hello");
        response.mutable_connection()->set_token("tok_1");
        done(absl::OkStatus());
      });
  v1::JoinSessionRequest join;
  join.set_custom_session_id("room-bob");
  join.set_request_id("once");
  join.mutable_connection_properties()->set_role(v1::ROLE_SUBSCRIBER);
  join.mutable_connection_properties()->set_data("hello");
  v1::JoinSessionResponse joined;
  EXPECT_THAT(Wait([&](AsyncTokenService::Done done) {
                access().JoinSession(context, join, joined, std::move(done));
              }),
              IsOk());
  EXPECT_EQ(joined.session_id(), "room-bob");
  EXPECT_EQ(joined.connection().token(), "tok_1");
  EXPECT_FALSE(joined.created());
}

TEST_F(AuthorizingTokenServiceTest, WhoMayCreateASessionJoinsAsItIs) {
  EXPECT_CALL(service_, JoinSession)
      .WillOnce([](const CallContext&, const v1::JoinSessionRequest& request,
                   v1::JoinSessionResponse& response, AsyncTokenService::Done done) {
        EXPECT_EQ(request.custom_session_id(), "room-1");
        response.set_created(true);
        done(absl::OkStatus());
      });
  v1::JoinSessionRequest join;
  join.set_custom_session_id("room-1");
  v1::JoinSessionResponse joined;
  const CallContext context{.caller = CallerOf("ada", "staff")};
  EXPECT_THAT(Wait([&](AsyncTokenService::Done done) {
                access().JoinSession(context, join, joined, std::move(done));
              }),
              IsOk());
  EXPECT_TRUE(joined.created());
}

TEST_F(AuthorizingTokenServiceTest, ACameraWithinIsDeniedOnceItsHostIsLookedUp) {
  v1::ConnectionProperties camera;
  camera.set_type(v1::CONNECTION_TYPE_IPCAM);
  camera.set_rtsp_uri("rtsp://localhost:554/");
  const absl::Status denied = Connect(CallerOf("ada", "staff"), "room-1", camera);
  EXPECT_THAT(denied, StatusIs(Code::kPermissionDenied));
  EXPECT_EQ(FieldOf(denied), "rtspUri");
  const std::vector<nlohmann::json> lines = Audited();
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0]["allowed"], false);
  EXPECT_EQ(lines[0]["type"], "IPCAM");
}

TEST_F(AuthorizingTokenServiceTest, ASubjectHasALimitOfItsOwn) {
  options_.subject_limit = {.rate = 0.001, .burst = 2};
  EXPECT_CALL(service_, CreateConnection)
      .Times(3)
      .WillRepeatedly([](const CallContext&, const v1::CreateConnectionRequest&,
                         v1::CreateConnectionResponse&,
                         AsyncTokenService::Done done) { done(absl::OkStatus()); });
  EXPECT_THAT(Connect(CallerOf("ada", "staff"), "room-1"), IsOk());
  EXPECT_THAT(Connect(CallerOf("ada", "staff"), "room-1"), IsOk());
  const absl::Status over = Connect(CallerOf("ada", "staff"), "room-1");
  EXPECT_THAT(over, StatusIs(Code::kResourceExhausted));
  EXPECT_EQ(ReasonOf(over), "RATE_LIMITED");
  EXPECT_EQ(LimitOf(over), 2);
  EXPECT_GT(RetryAfterOf(over), absl::Seconds(100));
  EXPECT_THAT(Connect(CallerOf("eve", "staff"), "room-1"), IsOk());
}

TEST_F(AuthorizingTokenServiceTest, NamesEveryMistakeAtOnce) {
  options_.authentication.jwt.issuer = "";
  options_.policy.policy = "/nowhere";
  options_.audit_log = "";
  options_.subject_limit.burst = 0;
  const absl::Status mistakes = AuthorizingTokenService::Check(options_);
  EXPECT_THAT(mistakes, StatusIs(Code::kInvalidArgument,
                                 testing::AllOf(testing::HasSubstr("issuer"),
                                                testing::HasSubstr("/nowhere"),
                                                testing::HasSubstr("audit_log"),
                                                testing::HasSubstr("subject_rate_limit_burst"))));
}

}  // namespace
}  // namespace openvidu::token
