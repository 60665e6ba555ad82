// What might pass a policy by: by the gateway's way from JSON, and by messages that no gateway
// makes.
#include <gmock/gmock.h>

#include "common/status_details.h"
#include "google/protobuf/unknown_field_set.h"
#include "proto/json_mapping.h"
#include "server/access/policy.h"
#include "server/access/policy_file.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

/// The default policy, and one that has as much as any may.
std::vector<Policy> StrictPolicies() {
  absl::StatusOr<Policy> open = ParsePolicy(
      R"({"groups":[{"name":"open","match":{"everyone":true},"otherProperties":true,
          "customIceServers":true,"kurentoOptions":true,"recordingModes":["ALWAYS","MANUAL"]}]})");
  EXPECT_THAT(open, IsOk());
  return {Policy::Default(), *std::move(open)};
}

struct Row {
  std::string name;
  bool is_session;
  std::string body;
  std::string field;
  /// Whether a policy with otherProperties true lets it through, since it means nothing to
  /// OpenVidu.
  bool is_harmless = false;
};

class PolicyBypassTest : public testing::TestWithParam<Row> {};

TEST_P(PolicyBypassTest, IsDeniedAndOnlyTheSamplePolicyLetsItThrough) {
  const Row& row = GetParam();
  v1::InitializeSessionRequest initialize;
  v1::CreateConnectionRequest connect;
  v1::JoinSessionRequest join;
  connect.set_session_id("r");
  join.set_custom_session_id("r");
  google::protobuf::Message& properties =
      row.is_session ? static_cast<google::protobuf::Message&>(*initialize.mutable_properties())
                     : *connect.mutable_properties();
  ASSERT_THAT(PropertiesFromJson(row.body, properties), IsOk());
  *join.mutable_session_properties() = initialize.properties();
  *join.mutable_connection_properties() = connect.properties();
  const auto sent = PropertiesToJson(properties);

  bool is_default = true;
  for (const Policy& policy : StrictPolicies()) {
    const Decision decisions[] = {policy.DecideJoin({}, join),
                                  row.is_session ? policy.DecideInitialize({}, initialize)
                                                 : policy.DecideConnect({}, connect)};
    for (const Decision& decision : decisions) {
      if (row.is_harmless && !is_default) {
        EXPECT_THAT(decision.status, IsOk());
        continue;
      }
      EXPECT_THAT(decision.status, StatusIs(absl::StatusCode::kPermissionDenied));
      EXPECT_EQ(FieldOf(decision.status), row.field);
      EXPECT_EQ(ReasonOf(decision.status), "POLICY_DENIED");
    }
    is_default = false;
  }
  if (row.is_harmless) return;
  EXPECT_THAT(Policy::Sample().DecideInitialize({}, initialize).status, IsOk());
  EXPECT_THAT(Policy::Sample().DecideConnect({}, connect).status, IsOk());
  EXPECT_THAT(Policy::Sample().DecideJoin({}, join).status, IsOk());
  EXPECT_EQ(PropertiesToJson(properties), sent) << "nothing is changed";
}

const Row kRows[] = {
    {"Moderator", false, R"({"role":"MODERATOR"})", "role"},
    {"ModeratorByTheLastKey", false, R"({"role":"SUBSCRIBER","role":"MODERATOR"})", "role"},
    {"ModeratorByAnEscapedKey", false, R"({"\u0072ole":"MODERATOR"})", "role"},
    {"ModeratorByAnEscapedValue", false, R"({"role":"\u004dODERATOR"})", "role"},
    {"ModeratorBehindAByteOrderMark", false, "\xEF\xBB\xBF{\"role\":\"MODERATOR\"}", "role"},
    {"RoleKing", false, R"({"role":"KING"})", "role"},
    {"RoleLowerCase", false, R"({"role":"moderator"})", "role"},
    {"RoleWithSpace", false, R"({"role":"MODERATOR "})", "role"},
    {"RoleFullwidth", false, "{\"role\":\"\xEF\xBC\xADODERATOR\"}", "role"},
    {"RoleNumber", false, R"({"role":5})", "role"},
    {"RoleEnumNumber", false, R"({"role":3})", "role"},
    {"RoleArray", false, R"({"role":["MODERATOR"]})", "role"},
    {"RoleObject", false, R"({"role":{"role":"MODERATOR"}})", "role"},
    {"RoleTrue", false, R"({"role":true})", "role"},
    {"RoleEmpty", false, R"({"role":""})", "role"},
    {"RoleUnspecified", false, R"({"role":"UNSPECIFIED"})", "role"},
    {"RoleFieldThenOther", false, R"({"role":"SUBSCRIBER","role":["MODERATOR"]})", "role"},
    {"KeyUpperCase", false, R"({"ROLE":"MODERATOR"})", "ROLE"},
    {"KeyTitleCase", false, R"({"Role":"MODERATOR"})", "Role"},
    {"KeyWithSpace", false, R"({"role ":"MODERATOR"})", "role "},
    {"KeyWithNul", false, R"({"role\u0000":"MODERATOR"})", "role\\x00"},
    {"KeyFullwidth", false, "{\"\xEF\xBD\x92ole\":\"MODERATOR\"}", "\\xef\\xbd\\x92ole"},
    {"KeyWithAJoiner", false, "{\"ro\xE2\x80\x8Dle\":\"MODERATOR\"}", "ro\\xe2\\x80\\x8dle"},
    {"KeyUnderscore", false, R"({"rtsp_uri":"file:///etc/passwd"})", "rtsp_uri"},
    {"KeyOfTheProto", false, R"({"additional_properties":{"role":"MODERATOR"}})",
     "additional_properties", true},
    {"KeyEmpty", false, R"({"":{"role":"MODERATOR"}})", "", true},
    {"KeyOfASession", false, R"({"customSessionid":"x"})", "customSessionid"},
    {"TypeIpcam", false, R"({"type":"IPCAM","rtspUri":"http://169.254.169.254/"})", "type"},
    {"TypeLowerCase", false, R"({"type":"ipcam"})", "type"},
    {"TypeArray", false, R"({"type":["IPCAM"]})", "type"},
    {"RtspUriOfWebrtc", false, R"({"rtspUri":"http://127.0.0.1/"})", "rtspUri"},
    {"RtspUriArray", false, R"({"rtspUri":["http://127.0.0.1/"]})", "rtspUri"},
    {"DataObject", false, R"({"data":{"openviduCustomConnectionId":"x"}})", "data"},
    {"ConnectionId", false, R"({"data":"{\"openviduCustomConnectionId\":\"x\"}"})", "data", true},
    {"ConnectionIdEscaped", false,
     R"({"data":"{\"\\u006fpenviduCustomConnectionI\\u0064\":\"x\"}"})", "data", true},
    {"ConnectionIdLenient", false, R"({"data":"{openviduCustomConnectionId='x';}"})", "data", true},
    {"ConnectionIdNested", false, R"({"data":"{\"a\":{\"openviduCustomConnectionId\":1}}"})",
     "data", true},
    {"ConnectionIdBehindAComment", false,
     R"({"data":"# a\n{\"openviduCustomConnectionId\":\"x\"}"})", "data", true},
    {"ConnectionIdOnTop", false, R"({"openviduCustomConnectionId":"x"})",
     "openviduCustomConnectionId", true},
    {"KurentoText", false, R"({"kurentoOptions":{"videoMaxSendBandwidth":"99999"}})",
     "kurentoOptions"},
    {"KurentoBig", false, R"({"kurentoOptions":{"videoMaxSendBandwidth":3000000000}})",
     "kurentoOptions"},
    {"KurentoFraction", false, R"({"kurentoOptions":{"videoMaxSendBandwidth":1e9}})",
     "kurentoOptions"},
    {"KurentoArray", false, R"({"kurentoOptions":{"videoMaxSendBandwidth":[99999]}})",
     "kurentoOptions"},
    {"KurentoUnknown", false, R"({"kurentoOptions":{"videoMaxSendBandwidth":1,"x":1}})",
     "kurentoOptions"},
    {"KurentoFilters", false, R"({"kurentoOptions":{"allowedFilters":["GStreamerFilter"]}})",
     "kurentoOptions.allowedFilters"},
    {"IceServersText", false, R"({"customIceServers":"[]"})", "customIceServers"},
    {"IceServersNull", false, R"({"customIceServers":[null]})", "customIceServers"},
    {"IceServersUnknown", false, R"({"customIceServers":[{"url":"stun:a","x":1}]})",
     "customIceServers"},
    {"RecordText", false, R"({"record":"false"})", "record"},
    {"SessionId", true, R"({"customSessionId":7})", "customSessionId"},
    {"SessionIdArray", true, R"({"customSessionId":["r"]})", "customSessionId"},
    {"SessionIdOtherCase", true, R"({"CustomSessionId":"r"})", "CustomSessionId"},
    {"RecordingModeOther", true, R"({"recordingMode":"always"})", "recordingMode"},
    {"RecordingModeKey", true, R"({"recordingmode":"ALWAYS"})", "recordingmode"},
    {"RecordingPropertiesText", true, R"({"defaultRecordingProperties":"x"})",
     "defaultRecordingProperties"},
    {"RecordingPropertiesUnknown", true, R"({"defaultRecordingProperties":{"x":1}})",
     "defaultRecordingProperties"},
    {"MediaNodeText", true, R"({"mediaNode":"x"})", "mediaNode"},
    {"MediaNodeUnknown", true, R"({"mediaNode":{"id":"x","y":1}})", "mediaNode"},
    {"CodecOther", true, R"({"forcedVideoCodec":"AV1"})", "forcedVideoCodec"},
    {"Unknown", true, R"({"future":1})", "future", true},
};

INSTANTIATE_TEST_SUITE_P(, PolicyBypassTest, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

/// Each change makes of a request what no JSON can.
template <typename Change>
void ExpectConnectDenied(Change change, const std::string& field) {
  v1::CreateConnectionRequest connect;
  connect.set_session_id("r");
  change(*connect.mutable_properties());
  for (const Policy& policy : StrictPolicies()) {
    const Decision decision = policy.DecideConnect({}, connect);
    EXPECT_THAT(decision.status, StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_EQ(FieldOf(decision.status), field);
  }
}

TEST(PolicyByMessageTest, NumbersWithoutANameAreDenied) {
  ExpectConnectDenied([](auto& p) { p.set_role(static_cast<v1::Role>(4)); }, "role");
  ExpectConnectDenied([](auto& p) { p.set_role(static_cast<v1::Role>(-1)); }, "role");
  ExpectConnectDenied([](auto& p) { p.set_type(static_cast<v1::ConnectionType>(3)); }, "type");
  v1::InitializeSessionRequest initialize;
  initialize.mutable_properties()->set_recording_mode(static_cast<v1::RecordingMode>(3));
  for (const Policy& policy : StrictPolicies()) {
    EXPECT_EQ(FieldOf(policy.DecideInitialize({}, initialize).status), "recordingMode");
  }
}

TEST(PolicyByMessageTest, AdditionalPropertiesOfAKnownNameAreDenied) {
  for (const char* json : {"\"MODERATOR\"", "null", " \"MODERATOR\"", "[]", "not json"}) {
    ExpectConnectDenied([json](auto& p) { (*p.mutable_additional_properties())["role"] = json; },
                        "role");
  }
  ExpectConnectDenied(
      [](auto& p) {
        p.set_role(v1::ROLE_SUBSCRIBER);
        (*p.mutable_additional_properties())["role"] = "\"MODERATOR\"";
      },
      "role");
  ExpectConnectDenied(
      [](auto& p) {
        (*p.mutable_additional_properties())["customIceServers"] = "[],\"role\":\"x\"";
      },
      "customIceServers");
}

TEST(PolicyByMessageTest, AnEmptyTextIsAUri) {
  ExpectConnectDenied([](auto& p) { p.set_rtsp_uri(""); }, "rtspUri");
}

TEST(PolicyByMessageTest, FieldsThatTheContractDoesNotKnowReachNobody) {
  v1::ConnectionProperties properties;
  properties.GetReflection()
      ->MutableUnknownFields(&properties)
      ->AddLengthDelimited(99, "MODERATOR");
  EXPECT_THAT(PropertiesToJson(properties), IsOkAndHolds("{}"));
}

TEST(DefaultPolicyTest, LetsEverybodyDoWhatTheContractHasAFieldFor) {
  v1::JoinSessionRequest join;
  join.set_custom_session_id("r");
  ASSERT_THAT(PropertiesFromJson(
                  R"({"mediaMode":"ROUTED","recordingMode":"ALWAYS","forcedVideoCodec":"VP8",
                      "allowTranscoding":true,"defaultRecordingProperties":{"name":"a"},
                      "mediaNode":{"id":"a"}})",
                  *join.mutable_session_properties()),
              IsOk());
  ASSERT_THAT(PropertiesFromJson(
                  R"({"type":"WEBRTC","role":"SUBSCRIBER","data":"hello","record":false,
                      "kurentoOptions":{"videoMaxSendBandwidth":0},
                      "customIceServers":[{"url":"stun:a.example.com"}]})",
                  *join.mutable_connection_properties()),
              IsOk());
  const v1::JoinSessionRequest before = join;
  Identity known;
  known.method = Identity::Method::kJwt;
  for (const Identity& identity : {Identity(), known}) {
    const Decision decision = Policy::Default().DecideJoin(identity, join);
    EXPECT_THAT(decision.status, IsOk());
    EXPECT_EQ(decision.rule, "default");
    EXPECT_TRUE(decision.may_create);
    EXPECT_EQ(join.SerializeAsString(), before.SerializeAsString());
  }
}

}  // namespace
}  // namespace openvidu::token
