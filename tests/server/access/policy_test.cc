// Callers × requests → decision. The bodies are read as the gateway reads them.
#include "server/access/policy.h"

#include <gmock/gmock.h>

#include "common/status_details.h"
#include "proto/json_mapping.h"
#include "proto/json_names.h"
#include "server/access/policy_file.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;

constexpr char kPolicy[] = R"({"groups":[
  {"name":"banned","match":{"claim":{"status":["banned",7,true]}},"sessions":[]},
  {"name":"nested","match":{"claim":{"/realm_access/roles":"host","org":"acme"}},
   "sessions":["org_${claim.org}_*","n${claim.level}","*-${claim./realm_access/room}"]},
  {"name":"scoped","match":{"claim":{"scope":"video.admin"}},
   "roles":["SUBSCRIBER","PUBLISHER","MODERATOR"],"defaultRole":"MODERATOR","otherProperties":true,
   "kurentoOptions":true,"filters":["ZBarFilter"],"customIceServers":true,
   "recordingModes":["ALWAYS"]},
  {"name":"joiner","match":{"claim":{"groups":"joiner"}},"createSessions":false,
   "roles":["SUBSCRIBER","MODERATOR"]},
  {"name":"cameras","match":{"claim":{"groups":"cameras"}},"roles":["SUBSCRIBER"],
   "ipcam":{"hosts":["cam-*.example.com","2001:db8::1","10.1.*.*"],"ports":[554,8554],
            "allowPrivateAddresses":true}},
  {"name":"files","match":{"claim":{"groups":"files"}},"roles":[],
   "ipcam":{"schemes":["file","http"],"hosts":["*"],"userInfo":true}},
  {"name":"limited","match":{"claim":{"groups":"limited"}},"kurentoOptions":true,
   "maxVideoSendKbps":1000,"maxVideoRecvKbps":500,"otherProperties":["record","x-tag"]},
  {"name":"capped","match":{"claim":{"groups":"capped"}},"maxVideoSendKbps":300},
  {"name":"user","match":{"claim":{"iss":"https://id.example.com"}},
   "sessions":["user_${sub}","${sub}-*","*-public-*"],
   "data":{"merge":{"userId":"${sub}","name":"${claim.name}","isStaff":false}}},
  {"name":"service","match":{"certificate":["dns:*.internal.example.com","cn:tool"]},
   "otherProperties":"known"},
  {"name":"known","match":{"authenticated":true},"sessions":["known"]},
  {"name":"anonymous","match":{"anonymous":true},"sessions":["lobby*"],"roles":["SUBSCRIBER"]}
]})";

Identity Jwt(const std::string& claims, const std::string& subject = "ada") {
  Identity identity;
  identity.method = Identity::Method::kJwt;
  identity.subject = subject;
  identity.claims = nlohmann::json::parse(claims);
  return identity;
}

Identity InGroup(const std::string& group) { return Jwt(R"({"groups":["x",")" + group + R"("]})"); }

Identity Certificate(const std::string& name) {
  Identity identity;
  identity.method = Identity::Method::kCertificate;
  identity.subject = name;
  identity.certificate_names = {"uri:a:b", name};
  return identity;
}

Identity User(const std::string& subject, const std::string& name = "Ada") {
  return Jwt(R"({"iss":"https://id.example.com","name":")" + name + "\"}", subject);
}

const Identity kAnonymous;

enum class Call { kInitialize, kConnect, kJoin };

struct Row {
  std::string name;
  Identity identity;
  std::string rule;  ///< That decides.
  Call call;
  std::string session;  ///< The id in the path; "": kInitialize, which has it in the body.
  std::string body;
  std::string field;  ///< At fault; "": allowed.
  /// What OpenVidu gets, of a join the connection's; of a denied one a part of the message. "": not
  /// looked at.
  std::string outcome;
  bool may_create = true;
};

/// As the gateway takes a join's body apart.
template <typename Properties>
void DropFieldsOf(const google::protobuf::Descriptor* other, Properties& properties) {
  for (const auto& [name, json] : AdditionalProperties(properties)) {
    if (FindField(*other, name) != nullptr) {
      properties.mutable_additional_properties()->erase(name);
    }
  }
}

class PolicyTest : public testing::TestWithParam<Row> {};

TEST_P(PolicyTest, Decides) {
  const Row& row = GetParam();
  const auto policy = ParsePolicy(kPolicy);
  ASSERT_THAT(policy, IsOk());
  Decision decision;
  absl::StatusOr<std::string> sent;
  if (row.call == Call::kInitialize) {
    v1::InitializeSessionRequest request;
    ASSERT_THAT(PropertiesFromJson(row.body, *request.mutable_properties()), IsOk());
    decision = policy->DecideInitialize(row.identity, request);
    sent = PropertiesToJson(request.properties());
  } else if (row.call == Call::kConnect) {
    v1::CreateConnectionRequest request;
    request.set_session_id(row.session);
    ASSERT_THAT(PropertiesFromJson(row.body, *request.mutable_properties()), IsOk());
    decision = policy->DecideConnect(row.identity, request);
    sent = PropertiesToJson(request.properties());
  } else {
    v1::JoinSessionRequest request;
    request.set_custom_session_id(row.session);
    ASSERT_THAT(PropertiesFromJson(row.body, *request.mutable_session_properties()), IsOk());
    ASSERT_THAT(PropertiesFromJson(row.body, *request.mutable_connection_properties()), IsOk());
    DropFieldsOf(v1::ConnectionProperties::descriptor(), *request.mutable_session_properties());
    DropFieldsOf(v1::SessionProperties::descriptor(), *request.mutable_connection_properties());
    decision = policy->DecideJoin(row.identity, request);
    sent = PropertiesToJson(request.connection_properties());
  }
  EXPECT_EQ(decision.rule, row.rule);
  EXPECT_EQ(decision.may_create, row.may_create);
  if (row.field.empty()) {
    ASSERT_THAT(decision.status, IsOk());
    if (!row.outcome.empty()) {
      EXPECT_THAT(sent, IsOkAndHolds(row.outcome));
    }
    return;
  }
  EXPECT_THAT(decision.status,
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(row.outcome)));
  EXPECT_EQ(FieldOf(decision.status), row.field);
  EXPECT_EQ(ReasonOf(decision.status), "POLICY_DENIED");
  EXPECT_FALSE(decision.camera.has_value());
}

constexpr Call kInit = Call::kInitialize;
constexpr Call kConnect = Call::kConnect;
constexpr Call kJoin = Call::kJoin;
const Identity kAcme =
    Jwt(R"({"org":"acme","level":3,"realm_access":{"roles":["a","host"],"room":"r1"}})");
const Identity kScoped = Jwt(R"({"scope":"openid video.admin"})");

const Row kRows[] = {
    // Who is of which group.
    {"BannedByText", Jwt(R"({"status":"banned"})"), "banned", kConnect, "r", "", "customSessionId"},
    {"BannedByNumber", Jwt(R"({"status":7})"), "banned", kConnect, "r", "", "customSessionId"},
    {"BannedByTrue", Jwt(R"({"status":true})"), "banned", kConnect, "r", "", "customSessionId"},
    {"NumberIsNoText", Jwt(R"({"status":"7"})"), "known", kConnect, "known", "", ""},
    {"FirstGroupDecides", Jwt(R"({"status":"banned","groups":"joiner"})"), "banned", kConnect, "r",
     "", "customSessionId"},
    {"ClaimAsText", Jwt(R"({"groups":"joiner"})"), "joiner", kConnect, "r", "", "", "", true},
    {"ClaimPartOfAText", Jwt(R"({"groups":"joiner2"})"), "known", kConnect, "known", "", ""},
    {"ClaimOtherCase", Jwt(R"({"groups":"Joiner"})"), "known", kConnect, "known", "", ""},
    {"ClaimInAnObject", Jwt(R"({"groups":{"joiner":true}})"), "known", kConnect, "known", "", ""},
    {"OneOfTwoClaims", Jwt(R"({"realm_access":{"roles":["host"]}})"), "known", kConnect, "known",
     "", ""},
    {"BothClaims", kAcme, "nested", kConnect, "org_acme_1", "", ""},
    {"PointerThroughAText", Jwt(R"({"org":"acme","realm_access":"roles"})"), "known", kConnect,
     "known", "", ""},
    {"ScopeIsAWordOfSeveral", kScoped, "scoped", kConnect, "r", "", ""},
    {"ScopeIsNotAPartOfAWord", Jwt(R"({"scope":"video.administrator"})"), "known", kConnect,
     "known", "", ""},
    {"CertificateWildcard", Certificate("dns:a.internal.example.com"), "service", kConnect, "r", "",
     ""},
    {"CertificateCommonName", Certificate("cn:tool"), "service", kConnect, "r", "", ""},
    {"CertificateTwoLabels", Certificate("dns:a.b.internal.example.com"), "known", kConnect,
     "known", "", ""},
    {"CertificateDomainItself", Certificate("dns:internal.example.com"), "known", kConnect, "known",
     "", ""},
    {"CertificateOtherType", Certificate("cn:a.internal.example.com"), "known", kConnect, "known",
     "", ""},
    {"Anonymous", kAnonymous, "anonymous", kConnect, "lobby", "", ""},

    // Sessions.
    {"SessionOfAGlob", kAnonymous, "anonymous", kConnect, "lobby-7", "", ""},
    {"SessionOfNoGlob", kAnonymous, "anonymous", kConnect, "room", "", "customSessionId",
     "session 'room' is not allowed to group 'anonymous'"},
    {"SessionOtherCase", kAnonymous, "anonymous", kConnect, "Lobby", "", "customSessionId"},
    {"SessionGlobBehind", kAnonymous, "anonymous", kConnect, "a-lobby", "", "customSessionId"},
    {"SessionSlash", kAnonymous, "anonymous", kConnect, "lobby/../room", "", "customSessionId"},
    {"SessionEscape", kAnonymous, "anonymous", kConnect, "lobby%2f", "", "customSessionId"},
    {"SessionLineBreak", kAnonymous, "anonymous", kConnect, "lobby\n", "", "customSessionId"},
    {"SessionNul", kAnonymous, "anonymous", kConnect, std::string("lobby\0", 6), "",
     "customSessionId"},
    {"SessionUnicode", kAnonymous, "anonymous", kConnect, "lobby\xC3\xA9", "", "customSessionId"},
    {"SessionTooLong", kAnonymous, "anonymous", kConnect, "lobby" + std::string(1000, 'a'), "",
     "customSessionId"},
    {"CreateOfAGlob", kAnonymous, "anonymous", kInit, "", R"({"customSessionId":"lobby1"})", ""},
    {"CreateOfNoGlob", kAnonymous, "anonymous", kInit, "", R"({"customSessionId":"room"})",
     "customSessionId"},
    {"CreateWithoutAnId", kAnonymous, "anonymous", kInit, "", "{}", "customSessionId",
     "a session without an id is not allowed to group 'anonymous'"},
    {"CreateWithAnEmptyId", kAnonymous, "anonymous", kInit, "", R"({"customSessionId":""})",
     "customSessionId"},
    {"CreateWithANullId", kAnonymous, "anonymous", kInit, "", R"({"customSessionId":null})",
     "customSessionId"},
    {"CreateWithoutAnIdWhereAllAre", kScoped, "scoped", kInit, "", "{}", "", "{}"},
    {"JoinOfAGlob", kAnonymous, "anonymous", kJoin, "lobby", "{}", ""},
    {"JoinOfNoGlob", kAnonymous, "anonymous", kJoin, "room", R"({"customSessionId":"lobby"})",
     "customSessionId"},
    {"OwnSession", User("ada"), "user", kConnect, "user_ada", "", ""},
    {"OwnSessionWithMore", User("ada"), "user", kConnect, "user_ada2", "", "customSessionId"},
    {"AnothersSession", User("ada"), "user", kConnect, "user_bob", "", "customSessionId"},
    {"OwnPrefix", User("ada"), "user", kConnect, "ada-1", "", ""},
    {"InTheMiddle", User("ada"), "user", kConnect, "a-public-", "", ""},
    {"InTheMiddleNot", User("ada"), "user", kConnect, "a-public", "", "customSessionId"},
    {"SubjectIsNoGlob", User("*"), "user", kConnect, "user_bob", "", "customSessionId"},
    {"SubjectWithAGlob", User("a*"), "user", kConnect, "user_ab", "", "customSessionId"},
    {"SubjectWithAValue", User("${claim.name}"), "user", kConnect, "user_Ada", "",
     "customSessionId"},
    {"NoSubject", User(""), "user", kConnect, "user_", "", "customSessionId"},
    {"NoSubjectPrefix", User(""), "user", kConnect, "-x", "", "customSessionId"},
    {"NumberClaim", kAcme, "nested", kConnect, "n3", "", ""},
    {"NestedClaim", kAcme, "nested", kConnect, "any-r1", "", ""},
    {"NoNestedClaim", Jwt(R"({"org":"acme","realm_access":{"roles":"host"}})"), "nested", kConnect,
     "any-", "", "customSessionId"},
    {"JoinOnlyCreates", InGroup("joiner"), "joiner", kInit, "", R"({"customSessionId":"r"})",
     "customSessionId", "creating sessions is not allowed to group 'joiner'", false},
    {"JoinOnlyConnects", InGroup("joiner"), "joiner", kConnect, "r", "", ""},
    {"JoinOnlyJoins", InGroup("joiner"), "joiner", kJoin, "r", R"({"recordingMode":"ALWAYS"})", "",
     R"({"role":"SUBSCRIBER"})", false},

    // Sessions' properties.
    {"RecordingModeDefault", kAnonymous, "anonymous", kInit, "",
     R"({"customSessionId":"lobby","recordingMode":"MANUAL"})", ""},
    {"RecordingModeNot", kAnonymous, "anonymous", kInit, "",
     R"({"customSessionId":"lobby","recordingMode":"ALWAYS"})", "recordingMode",
     "recording mode ALWAYS is not allowed to group 'anonymous'"},
    {"RecordingModeOnly", kScoped, "scoped", kInit, "", R"({"recordingMode":"MANUAL"})",
     "recordingMode"},
    {"JoinRecordingMode", kAnonymous, "anonymous", kJoin, "lobby", R"({"recordingMode":"ALWAYS"})",
     "recordingMode"},
    {"RecordingProperties", kAnonymous, "anonymous", kInit, "",
     R"({"customSessionId":"lobby","defaultRecordingProperties":{"name":"a"}})",
     "defaultRecordingProperties",
     "property 'defaultRecordingProperties' is not allowed to group 'anonymous'"},
    {"MediaNode", kAnonymous, "anonymous", kInit, "",
     R"({"customSessionId":"lobby","mediaNode":{"id":"a"}})", "mediaNode"},
    {"MediaMode", kAnonymous, "anonymous", kInit, "",
     R"({"customSessionId":"lobby","mediaMode":"RELAYED"})", "mediaMode"},
    {"Codec", kAnonymous, "anonymous", kInit, "",
     R"({"customSessionId":"lobby","forcedVideoCodec":"VP9"})", "forcedVideoCodec"},
    {"Transcoding", kAnonymous, "anonymous", kInit, "",
     R"({"customSessionId":"lobby","allowTranscoding":false})", "allowTranscoding"},
    {"KnownProperties", Certificate("cn:tool"), "service", kInit, "",
     R"({"mediaMode":"RELAYED","mediaNode":{"id":"a"},"forcedVideoCodec":"VP8","allowTranscoding":true})",
     ""},
    {"UnknownPropertyWhereKnownAre", Certificate("cn:tool"), "service", kInit, "",
     R"({"future":1})", "future", "property 'future' is not allowed to group 'service'"},
    {"UnknownPropertyWhereAllAre", kScoped, "scoped", kInit, "", R"({"future":[1,{"a":null}]})", "",
     R"({"future":[1,{"a":null}]})"},
    {"NullOfAnUnknownProperty", kAnonymous, "anonymous", kConnect, "lobby", R"({"future":null})",
     "future"},

    // Roles.
    {"RoleDefaultSubscriber", kAnonymous, "anonymous", kConnect, "lobby", "", "",
     R"({"role":"SUBSCRIBER"})"},
    {"RoleDefaultPublisher", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMaxSendBandwidth":1,"videoMaxRecvBandwidth":1}})", "",
     R"({"role":"PUBLISHER","kurentoOptions":{"videoMaxRecvBandwidth":1,"videoMaxSendBandwidth":1}})"},
    {"RoleDefaultModerator", kScoped, "scoped", kConnect, "r", "", "", R"({"role":"MODERATOR"})"},
    {"RoleDefaultOfAJoin", kAnonymous, "anonymous", kJoin, "lobby", "", "",
     R"({"role":"SUBSCRIBER"})"},
    {"RoleAsked", kScoped, "scoped", kConnect, "r", R"({"role":"SUBSCRIBER"})", "",
     R"({"role":"SUBSCRIBER"})"},
    {"RoleNot", kAnonymous, "anonymous", kConnect, "lobby", R"({"role":"MODERATOR"})", "role",
     "role MODERATOR is not allowed to group 'anonymous'"},
    {"RoleNotOfAJoin", kAnonymous, "anonymous", kJoin, "lobby", R"({"role":"PUBLISHER"})", "role"},
    {"RoleNone", InGroup("files"), "files", kConnect, "r", "{}", "role",
     "a connection without a role is not allowed to group 'files'"},

    // Media.
    {"IceServers", kAnonymous, "anonymous", kConnect, "lobby",
     R"({"customIceServers":[{"url":"stun:a.example.com"}]})", "customIceServers"},
    {"IceServersNone", kAnonymous, "anonymous", kConnect, "lobby", R"({"customIceServers":[]})",
     ""},
    {"IceServersWhereAllowed", kScoped, "scoped", kConnect, "r",
     R"({"customIceServers":[{"url":"stun:a.example.com"}]})", ""},
    {"KurentoOptions", kAnonymous, "anonymous", kConnect, "lobby",
     R"({"kurentoOptions":{"videoMaxSendBandwidth":1}})", "kurentoOptions"},
    {"KurentoOptionsEmpty", kAnonymous, "anonymous", kConnect, "lobby", R"({"kurentoOptions":{}})",
     "kurentoOptions"},
    {"Filter", kScoped, "scoped", kConnect, "r",
     R"({"kurentoOptions":{"allowedFilters":["ZBarFilter"]}})", ""},
    {"FilterNot", kScoped, "scoped", kConnect, "r",
     R"({"kurentoOptions":{"allowedFilters":["ZBarFilter","GStreamerFilter"]}})",
     "kurentoOptions.allowedFilters", "filter 'GStreamerFilter' is not allowed to group 'scoped'"},
    {"BandwidthMost", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMaxSendBandwidth":1000,"videoMaxRecvBandwidth":500}})", ""},
    {"BandwidthSendMore", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMaxSendBandwidth":1001}})", "kurentoOptions.videoMaxSendBandwidth",
     "Group 'limited' may have 1 to 1000 kbit/s of videoMaxSendBandwidth, not 1001"},
    {"BandwidthRecvMore", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMaxRecvBandwidth":501}})", "kurentoOptions.videoMaxRecvBandwidth"},
    {"BandwidthNoLimit", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMaxSendBandwidth":0}})", "kurentoOptions.videoMaxSendBandwidth"},
    {"BandwidthNegative", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMaxRecvBandwidth":-1}})", "kurentoOptions.videoMaxRecvBandwidth"},
    {"BandwidthLeastMore", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMinSendBandwidth":1001}})",
     "kurentoOptions.videoMinSendBandwidth"},
    {"BandwidthLeastRecvMore", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMinRecvBandwidth":501}})", "kurentoOptions.videoMinRecvBandwidth"},
    {"BandwidthLeastNone", InGroup("limited"), "limited", kConnect, "r",
     R"({"kurentoOptions":{"videoMinSendBandwidth":0,"videoMaxSendBandwidth":7}})", "",
     R"({"role":"PUBLISHER","kurentoOptions":{"videoMaxRecvBandwidth":500,"videoMaxSendBandwidth":7,"videoMinSendBandwidth":0}})"},
    {"BandwidthNotAsked", InGroup("limited"), "limited", kConnect, "r", "", "",
     R"({"role":"PUBLISHER","kurentoOptions":{"videoMaxRecvBandwidth":500,"videoMaxSendBandwidth":1000}})"},
    {"BandwidthWithoutOptions", InGroup("capped"), "capped", kJoin, "r", "", "",
     R"({"role":"PUBLISHER","kurentoOptions":{"videoMaxSendBandwidth":300}})"},
    {"RecordListed", InGroup("limited"), "limited", kConnect, "r", R"({"record":false})", ""},
    {"UnknownListed", InGroup("limited"), "limited", kConnect, "r", R"({"x-tag":"a"})", ""},
    {"UnknownListedOtherCase", InGroup("limited"), "limited", kConnect, "r", R"({"X-Tag":"a"})",
     "X-Tag"},
    {"RecordNot", kAnonymous, "anonymous", kConnect, "lobby", R"({"record":false})", "record"},

    // Cameras.
    {"Ipcam", kAnonymous, "anonymous", kConnect, "lobby",
     R"({"type":"IPCAM","rtspUri":"rtsp://cam-1.example.com/"})", "type",
     "type IPCAM is not allowed to group 'anonymous'"},
    {"IpcamOfAJoin", kAnonymous, "anonymous", kJoin, "lobby",
     R"({"type":"IPCAM","rtspUri":"rtsp://cam-1.example.com/"})", "type"},
    {"IpcamUriWithoutType", kAnonymous, "anonymous", kConnect, "lobby",
     R"({"rtspUri":"rtsp://cam-1.example.com/"})", "rtspUri"},
    {"IpcamUriOfWebrtc", kAnonymous, "anonymous", kConnect, "lobby",
     R"({"type":"WEBRTC","rtspUri":"file:///etc/passwd"})", "rtspUri"},
    {"IpcamCache", kAnonymous, "anonymous", kConnect, "lobby", R"({"networkCache":5})",
     "networkCache"},
    {"IpcamBitrate", kAnonymous, "anonymous", kConnect, "lobby", R"({"adaptativeBitrate":true})",
     "adaptativeBitrate"},
    {"IpcamSubscribers", kAnonymous, "anonymous", kConnect, "lobby",
     R"({"onlyPlayWithSubscribers":true})", "onlyPlayWithSubscribers"},
    {"IpcamWhereAllowed", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://CAM-1.example.com:8554/a","networkCache":5})", "",
     R"({"type":"IPCAM","rtspUri":"rtsp://CAM-1.example.com:8554/a","networkCache":5})"},
    {"IpcamWithoutUri", InGroup("cameras"), "cameras", kConnect, "r", R"({"type":"IPCAM"})", ""},
    {"IpcamRole", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","role":"PUBLISHER","rtspUri":"rtsp://cam-1.example.com/"})", "role"},
    {"IpcamHost", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://www.example.com/"})", "rtspUri",
     "rtspUri has the host 'www.example.com' that is not allowed (group 'cameras')"},
    {"IpcamHostBehind", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://cam-1.example.com.evil.com/"})", "rtspUri"},
    {"IpcamHostDots", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://cam-1.evil.com.example.com/"})", "rtspUri"},
    {"IpcamAddress", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://10.1.2.3/"})", ""},
    {"IpcamAddressOther", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://10.2.2.3/"})", "rtspUri"},
    {"IpcamIpv6", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://[2001:DB8::0001]/"})", ""},
    {"IpcamUser", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://cam-1.example.com@10.1.1.1/"})", "rtspUri",
     "rtspUri has a user name that is not allowed"},
    {"IpcamPort", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://cam-1.example.com:22/"})", "rtspUri", "has the port 22"},
    {"IpcamDefaultPort", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsps://cam-1.example.com/"})", "rtspUri", "has the port 322"},
    {"IpcamScheme", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"http://cam-1.example.com:554/"})", "rtspUri",
     "has the scheme 'http'"},
    {"IpcamFile", InGroup("cameras"), "cameras", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"file:///etc/passwd"})", "rtspUri", "has the scheme 'file'"},
    {"IpcamNoUri", InGroup("cameras"), "cameras", kConnect, "r", R"({"type":"IPCAM","rtspUri":""})",
     "rtspUri"},
    {"FileWhereNamed", InGroup("files"), "files", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"file:///video/a.mp4"})", ""},
    {"SchemesWithoutRtsp", InGroup("files"), "files", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"rtsp://a.example.com/"})", "rtspUri"},
    {"UserWhereAllowed", InGroup("files"), "files", kConnect, "r",
     R"({"type":"IPCAM","rtspUri":"http://u:p@a.example.com/"})", ""},

    // Data.
    {"DataForced", User("ada"), "user", kConnect, "user_ada", "", "",
     R"({"data":"{\"isStaff\":false,\"name\":\"Ada\",\"userId\":\"ada\"}","role":"PUBLISHER"})"},
    {"DataForcedOfAJoin", User("ada"), "user", kJoin, "user_ada", R"({"data":""})", "",
     R"({"data":"{\"isStaff\":false,\"name\":\"Ada\",\"userId\":\"ada\"}","role":"PUBLISHER"})"},
    {"DataMerged", User("ada"), "user", kConnect, "user_ada",
     R"({"data":"{\"userId\":\"bob\",\"x\":[1.5,{\"y\":null}]}"})", "",
     R"({"data":"{\"isStaff\":false,\"name\":\"Ada\",\"userId\":\"ada\",\"x\":[1.5,{\"y\":null}]}","role":"PUBLISHER"})"},
    {"DataWithoutTheClaim", Jwt(R"({"iss":"https://id.example.com"})"), "user", kConnect,
     "user_ada", R"({"data":"{\"name\":\"Bob\"}"})", "",
     R"({"data":"{\"isStaff\":false,\"userId\":\"ada\"}","role":"PUBLISHER"})"},
    {"DataQuoteInTheClaim",
     Jwt(R"({"iss":"https://id.example.com","name":"A\",\"isStaff\":true,\"z\":\""})"), "user",
     kConnect, "user_ada", "", "",
     R"({"data":"{\"isStaff\":false,\"name\":\"A\\\",\\\"isStaff\\\":true,\\\"z\\\":\\\"\",\"userId\":\"ada\"}","role":"PUBLISHER"})"},
    {"DataText", User("ada"), "user", kConnect, "user_ada", R"({"data":"hello"})", "data",
     "data is no JSON object; group 'user' needs one JSON object, or nothing"},
    {"DataArray", User("ada"), "user", kConnect, "user_ada", R"({"data":"[]"})", "data"},
    {"DataNull", User("ada"), "user", kConnect, "user_ada", R"({"data":"null"})", "data"},
    {"DataTwoObjects", User("ada"), "user", kConnect, "user_ada", R"({"data":"{}{}"})", "data"},
    {"DataComment", User("ada"), "user", kConnect, "user_ada", R"({"data":"{}//"})", "data"},
    {"DataSingleQuotes", User("ada"), "user", kConnect, "user_ada",
     R"({"data":"{'userId':'bob'}"})", "data"},
    {"DataDuplicate", User("ada"), "user", kConnect, "user_ada",
     R"({"data":"{\"userId\":\"bob\",\"userId\":\"eve\"}"})", "data"},
    {"DataOtherCase", User("ada"), "user", kConnect, "user_ada",
     R"({"data":"{\"USERID\":\"bob\"}"})", "data",
     "data has a member that differs from 'userId' only in case"},
    {"DataEscapedKey", User("ada"), "user", kConnect, "user_ada",
     R"({"data":"{\"\\u0075serId\":\"bob\"}"})", "",
     R"({"data":"{\"isStaff\":false,\"name\":\"Ada\",\"userId\":\"ada\"}","role":"PUBLISHER"})"},
    {"DataDeep", User("ada"), "user", kConnect, "user_ada",
     R"({"data":"{\"a\":)" + std::string(900, '[') + std::string(900, ']') + R"(}"})", "data"},
    {"DataFree", kScoped, "scoped", kConnect, "r", R"({"data":"{'userId':bob}"})", "",
     R"({"data":"{'userId':bob}","role":"MODERATOR"})"},
};

INSTANTIATE_TEST_SUITE_P(, PolicyTest, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(PolicyDecisionTest, WhomNoGroupTakesIsDenied) {
  const auto policy = ParsePolicy(R"({"groups":[{"name":"a","match":{"authenticated":true}}]})");
  ASSERT_THAT(policy, IsOk());
  v1::CreateConnectionRequest connect;
  v1::JoinSessionRequest join;
  for (const Decision& decision :
       {policy->DecideInitialize({}, {}), policy->DecideConnect({}, connect),
        policy->DecideJoin({}, join)}) {
    EXPECT_THAT(decision.status, StatusIs(absl::StatusCode::kPermissionDenied,
                                          HasSubstr("No group of the policy takes this caller")));
    EXPECT_EQ(ReasonOf(decision.status), "POLICY_DENIED");
    EXPECT_EQ(decision.rule, "");
    EXPECT_FALSE(decision.may_create);
  }
}

TEST(PolicyDecisionTest, ACamerasHostIsToBeLookedUp) {
  const auto policy = ParsePolicy(kPolicy);
  v1::CreateConnectionRequest request;
  request.set_session_id("r");
  request.mutable_properties()->set_type(v1::CONNECTION_TYPE_IPCAM);
  request.mutable_properties()->set_rtsp_uri("rtsp://CAM-1.example.com/");
  Decision decision = policy->DecideConnect(InGroup("cameras"), request);
  ASSERT_TRUE(decision.allowed() && decision.camera.has_value());
  EXPECT_EQ(decision.camera->host, "cam-1.example.com");
  EXPECT_TRUE(decision.camera->allow_private_addresses);

  request.mutable_properties()->set_rtsp_uri("http://[::FFFF:127.0.0.1]/");
  decision = policy->DecideConnect(InGroup("files"), request);
  ASSERT_TRUE(decision.allowed() && decision.camera.has_value());
  EXPECT_EQ(decision.camera->host, "::ffff:127.0.0.1");
  EXPECT_FALSE(decision.camera->allow_private_addresses);

  request.mutable_properties()->set_rtsp_uri("file:///a");
  decision = policy->DecideConnect(InGroup("files"), request);
  EXPECT_TRUE(decision.allowed() && !decision.camera.has_value());
}

TEST(PolicyDecisionTest, ADeniedRequestIsLeftAsItWas) {
  const auto policy = ParsePolicy(kPolicy);
  v1::CreateConnectionRequest request;
  request.set_session_id("user_ada");
  request.mutable_properties()->set_data("hello");
  const v1::CreateConnectionRequest before = request;
  EXPECT_FALSE(policy->DecideConnect(User("ada"), request).allowed());
  EXPECT_EQ(request.SerializeAsString(), before.SerializeAsString());
}

}  // namespace
}  // namespace openvidu::token
