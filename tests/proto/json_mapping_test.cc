#include "proto/json_mapping.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "common/status_details.h"
#include "openvidu/token/v1/token_service.pb.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Json = nlohmann::json;

template <typename Properties>
absl::StatusOr<std::string> ThereAndBack(absl::string_view json) {
  Properties properties;
  if (absl::Status status = PropertiesFromJson(json, properties); !status.ok()) return status;
  return PropertiesToJson(properties);
}

constexpr char kEverySessionProperty[] = R"({
  "mediaMode": "ROUTED", "recordingMode": "ALWAYS", "customSessionId": "", "forcedVideoCodec": "MEDIA_SERVER_PREFERRED",
  "allowTranscoding": false,
  "defaultRecordingProperties": {"name": "r~1", "hasAudio": true, "hasVideo": false, "outputMode": "COMPOSED_QUICK_START",
    "recordingLayout": "CUSTOM", "resolution": "640x480", "frameRate": 30, "shmSize": 4294967296, "customLayout": "",
    "ignoreFailedStreams": true, "mediaNode": "node-1", "session": "s"},
  "mediaNode": {"id": "node-1"}})";

constexpr char kEveryConnectionProperty[] = R"({
  "type": "IPCAM", "data": "{\"a\":\"\u00e9\\n\"}", "record": false, "role": "MODERATOR",
  "kurentoOptions": {"videoMaxRecvBandwidth": 0, "videoMinRecvBandwidth": -1, "videoMaxSendBandwidth": 2147483647,
    "videoMinSendBandwidth": 1, "allowedFilters": ["GStreamerFilter", "ZBarFilter"]},
  "customIceServers": [{"url": "turn:a:443", "username": "u", "credential": "c"}, {"url": "turn:b", "staticAuthSecret": "x"}],
  "rtspUri": "rtsp://127.0.0.1/x", "adaptativeBitrate": true, "onlyPlayWithSubscribers": false, "networkCache": -5})";

TEST(JsonMappingTest, EverySessionPropertyHasAField) {
  v1::SessionProperties properties;
  ASSERT_THAT(PropertiesFromJson(kEverySessionProperty, properties), IsOk());
  EXPECT_THAT(properties.additional_properties(), IsEmpty());
  EXPECT_EQ(properties.default_recording_properties().shm_size(), 4294967296);
  const absl::StatusOr<std::string> json = PropertiesToJson(properties);
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ(Json::parse(*json), Json::parse(kEverySessionProperty));
}

TEST(JsonMappingTest, EveryConnectionPropertyHasAField) {
  v1::ConnectionProperties properties;
  ASSERT_THAT(PropertiesFromJson(kEveryConnectionProperty, properties), IsOk());
  EXPECT_THAT(properties.additional_properties(), IsEmpty());
  EXPECT_EQ(properties.role(), v1::ROLE_MODERATOR);
  const absl::StatusOr<std::string> json = PropertiesToJson(properties);
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ(Json::parse(*json), Json::parse(kEveryConnectionProperty));
}

// What looking a field up by its JSON name, and remembering which were seen, rely on.
TEST(JsonMappingTest, FieldsHaveTheirUsualNamesAndAreFew) {
  const google::protobuf::FileDescriptor& file = *v1::Session::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    const google::protobuf::Descriptor& type = *file.message_type(i);
    EXPECT_LE(type.field_count(), 64) << type.full_name();
    for (int j = 0; j < type.field_count(); ++j) {
      EXPECT_EQ(type.field(j)->json_name(), type.field(j)->camelcase_name()) << type.full_name();
    }
  }
}

TEST(JsonMappingTest, NothingGivenIsNothingSent) {
  for (const char* body :
       {"", "{}", "null", " { } ", "\xEF\xBB\xBF{}", R"({"role": null, "data": null})"}) {
    EXPECT_THAT(ThereAndBack<v1::ConnectionProperties>(body), IsOkAndHolds("{}")) << body;
  }
}

struct Verbatim {
  const char* name;
  const char* body;
};

class VerbatimTest : public testing::TestWithParam<Verbatim> {};

// What no field can hold exactly still reaches OpenVidu to the letter: it decides, and its rules
// for literals differ.
TEST_P(VerbatimTest, ReachesOpenVidu) {
  EXPECT_THAT(ThereAndBack<v1::ConnectionProperties>(GetParam().body),
              IsOkAndHolds(GetParam().body));
}

INSTANTIATE_TEST_SUITE_P(
    , VerbatimTest,
    testing::ValuesIn(std::initializer_list<Verbatim>{
        {"UnknownProperty", R"({"future":{"a":[1.0,1e2,"}",{"b":null}]}})"},
        {"UnknownNull", R"({"future":null})"},
        {"WrongType", R"({"record":"true"})"},
        {"BadEnum", R"({"role":"KING"})"},
        {"EnumOfOtherCase", R"({"role":"publisher"})"},
        {"EnumUnspecified", R"({"role":"UNSPECIFIED"})"},
        {"EnumWithPrefix", R"({"role":"ROLE_PUBLISHER"})"},
        {"BeyondInt64", R"({"kurentoOptions":{"videoMaxRecvBandwidth":12345678901234567890}})"},
        {"BeyondInt32", R"({"networkCache":3000000000})"},
        {"Fraction", R"({"networkCache":1.0})"},
        {"Exponent", R"({"networkCache":1e300})"},
        {"EmptyArray", R"({"customIceServers":[]})"},
        {"NullElement", R"({"kurentoOptions":{"allowedFilters":[null]}})"},
        {"NestedArray", R"({"kurentoOptions":{"allowedFilters":[["a"]]}})"},
        {"ObjectForAnArray", R"({"customIceServers":{"url":"turn:a"}})"},
        {"ArrayForAnObject", R"({"kurentoOptions":[{"videoMaxRecvBandwidth":1}]})"},
        {"DeepUnknown", R"({"future":[[{"role":"PUBLISHER"}],{"type":{"data":1}}]})"},
        {"MisfitAfterFits",
         R"({"customIceServers":[{"url":"turn:a"},{"url":"turn:b","username":[{"x":1}]}]})"},
        {"UnknownNestedNull", R"({"kurentoOptions":{"future":null}})"},
        {"UnknownNestedProperty", R"({"kurentoOptions":{"future":1,"videoMaxRecvBandwidth":1}})"},
        {"StringEscapes", R"({"future\"":"\\\"}{,:\u00e9"})"},
        {"FieldNameOfOurs", R"({"additionalProperties":{"a":"1"}})"},
        {"SnakeCase", R"({"custom_session_id":"x"})"}}),
    [](const auto& row) { return row.param.name; });

TEST(JsonMappingTest, TheLastOfDuplicateKeysWins) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"role":"MODERATOR","role":"SUBSCRIBER"})", R"({"role":"SUBSCRIBER"})"},
      {R"({"x":1,"role":"SUBSCRIBER","x":2,"role":7})", R"({"role":7,"x":2})"},
      {R"({"role":7,"role":"SUBSCRIBER"})", R"({"role":"SUBSCRIBER"})"},
      {R"({"role":"SUBSCRIBER","role":null})", "{}"},
      {R"({"customIceServers":[{"url":"a"}],"customIceServers":[{"url":"b"}]})",
       R"({"customIceServers":[{"url":"b"}]})"},
      {R"({"kurentoOptions":{"allowedFilters":["a"],"allowedFilters":["b"]}})",
       R"({"kurentoOptions":{"allowedFilters":["b"]}})"}};
  for (const auto& [body, sent] : rows) {
    EXPECT_THAT(ThereAndBack<v1::ConnectionProperties>(body), IsOkAndHolds(sent)) << body;
  }
}

TEST(JsonMappingTest, RefusesWhatIsNoObject) {
  v1::SessionProperties properties;
  for (const char* body : {" ", "[]", "\"x\"", "1", "true", "{\"a\":", "{}x", "{'a':1}",
                           "{\"a\":\"\xff\"}", "{\"a\":01}"}) {
    EXPECT_THAT(PropertiesFromJson(body, properties), StatusIs(absl::StatusCode::kInvalidArgument))
        << body;
  }
}

TEST(JsonMappingTest, RefusesAdditionalPropertiesThatCannotBeSent) {
  const auto refused = [](const std::string& name, const std::string& json) {
    v1::SessionProperties properties;
    properties.set_media_mode(v1::MEDIA_MODE_ROUTED);
    (*properties.mutable_additional_properties())[name] = json;
    const absl::Status status = PropertiesToJson(properties).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 HasSubstr(absl::StrCat("'", name, "'"))));
    EXPECT_EQ(FieldOf(status), name);
    return std::string(status.message());
  };
  EXPECT_THAT(refused("mediaMode", "\"RELAYED\""), HasSubstr("given twice"));
  EXPECT_THAT(refused("future", "1,\"role\":2"), HasSubstr("not JSON"));
  EXPECT_THAT(refused("future", ""), HasSubstr("not JSON"));
  EXPECT_THAT(refused("huge", "1e999"), HasSubstr("range of a double"));
  EXPECT_THAT(refused("deep", std::string(1000, '[') + std::string(1000, ']')),
              HasSubstr("1000 levels"));
  EXPECT_THAT(refused("long", "0." + std::string(1000, '7')), HasSubstr("1000 digits"));
}

TEST(JsonMappingTest, BracketsAndDigitsInStringsAreNoDepthAndNoNumber) {
  const std::string body =
      absl::StrCat(R"({"x":")", std::string(2000, '['), std::string(2000, '7'), R"("})");
  EXPECT_THAT(ThereAndBack<v1::SessionProperties>(body), IsOkAndHolds(body));
}

TEST(JsonMappingTest, VeryDeepJsonIsRefusedAndNotACrash) {
  const std::string body =
      absl::StrCat("{\"x\":", std::string(400'000, '['), std::string(400'000, ']'), "}");
  EXPECT_THAT(ThereAndBack<v1::SessionProperties>(body),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonMappingTest, ReadsASession) {
  v1::Session session;
  ASSERT_THAT(
      AnswerFromJson(
          R"({"id":"ses_A","object":"session","sessionId":"ses_A","createdAt":1795540918302,"recording":true,"mediaMode":"ROUTED",
              "defaultRecordingProperties":{"frameRate":25},"forcedVideoCodec":"AV1","mediaNode":null,"connections":{"content":[]}})",
          session),
      IsOk());
  EXPECT_EQ(session.session_id(), "ses_A");
  EXPECT_EQ(session.created_at().seconds(), 1795540918);
  EXPECT_EQ(session.created_at().nanos(), 302'000'000);
  EXPECT_TRUE(session.recording());
  EXPECT_EQ(session.default_recording_properties().frame_rate(), 25);
  EXPECT_EQ(session.forced_video_codec(), v1::VIDEO_CODEC_UNSPECIFIED);
}

TEST(JsonMappingTest, AnAnswerOfAnotherShapeIsInternal) {
  v1::Session session;
  EXPECT_THAT(AnswerFromJson("<html>", session), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(AnswerFromJson("[]", session), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(
      AnswerFromJson(R"({"defaultRecordingProperties":{"frameRate":"x"}})", session),
      StatusIs(absl::StatusCode::kInternal, HasSubstr("'defaultRecordingProperties.frameRate'")));
}

struct Fault {
  const char* property;
  const char* body;
  const char* message;
};

class PropertyAtFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(PropertyAtFaultTest, IsNamed) {
  v1::SessionProperties session;
  v1::ConnectionProperties connection;
  ASSERT_THAT(PropertiesFromJson(GetParam().body, session), IsOk());
  ASSERT_THAT(PropertiesFromJson(GetParam().body, connection), IsOk());
  EXPECT_THAT((std::vector<std::string>{PropertyAtFault(GetParam().message, session),
                                        PropertyAtFault(GetParam().message, connection)}),
              testing::Contains(GetParam().property));
}

INSTANTIATE_TEST_SUITE_P(
    OpenVidu2322, PropertyAtFaultTest,
    testing::ValuesIn(std::initializer_list<Fault>{
        {"mediaMode", R"({"mediaMode":"NOPE"})",
         "Some parameter is not valid. No enum constant io.openvidu.java.client.MediaMode.NOPE"},
        {"customIceServers.", R"({"customIceServers":[{"":1}]})",
         "Type error in some parameter: some class"},
        {"mediaNode.", R"({"mediaNode":{"":"x"}})", "Type error in some parameter: some class"},
        {"mediaMode", R"({"mediaMode":1.5})",
         "Type error in some parameter: class java.lang.Double cannot be cast to class "
         "java.lang.String"},
        {"forcedVideoCodec", R"({"forcedVideoCodec":"x"})",
         "Invalid value for parameter 'forcedVideoCodec': No enum constant "
         "io.openvidu.java.client.VideoCodec.x"},
        {"customSessionId", R"({"customSessionId":"a b"})",
         "Some parameter is not valid. Parameter 'customSessionId' is wrong. Must be an "
         "alphanumeric string [a-zA-Z0-9_-]"},
        {"mediaNode.id", R"({"mediaNode":{}})",
         "Some parameter is not valid. Error in parameter 'mediaNode'. Property 'id' not found"},
        {"mediaNode.id", R"({"mediaNode":{"id":[null]}})", "Not a JSON Primitive: [null]"},
        {"defaultRecordingProperties.hasAudio", R"({"defaultRecordingProperties":{"hasAudio":0}})",
         "Some parameter is not valid. Parameter 'defaultRecordingProperties' is not valid: Type "
         "error in some parameter: "
         "class java.lang.Double cannot be cast to class java.lang.Boolean"},
        {"defaultRecordingProperties.name", R"({"defaultRecordingProperties":{"name":"a b"}})",
         "Some parameter is not valid. Parameter 'defaultRecordingProperties' is not valid: "
         "Parameter 'name' is wrong."},
        {"defaultRecordingProperties.mediaNode",
         R"({"defaultRecordingProperties":{"mediaNode":5}})",
         "Some parameter is not valid. Parameter 'defaultRecordingProperties' is not valid: Wrong "
         "'mediaNode' parameter. Wrong type"},
        {"role", R"({"role":"KING"})", "Parameter role KING is not defined"},
        {"type", R"({"type":"NOPE","role":"NOPE"})", "Parameter 'type' NOPE is not defined"},
        {"record", R"({"record":0})",
         "Type error in parameter 'record': class java.lang.Integer cannot be cast"},
        {"kurentoOptions.videoMaxRecvBandwidth",
         R"({"kurentoOptions":{"videoMaxRecvBandwidth":""}})",
         "Type error in some parameter of 'kurentoOptions': For input string: \"\""},
        {"customIceServers", R"({"customIceServers":true})",
         "Error in parameter 'customIceServersJson'. It is not a valid JSON object"},
        {"rtspUri", R"({"type":"IPCAM"})",
         "Type error in some parameter: Cannot invoke \"String.length()\" because \"this.input\" "
         "is null"},
        // In the order of the contract, which is OpenVidu's order of reading, and not of the
        // alphabet.
        {"type", R"({"adaptativeBitrate":5,"type":5})",
         "Type error in some parameter: class java.lang.Double cannot be cast"},
        // A caller's value is no property's name.
        {"mediaMode", R"({"mediaMode":"'recordingMode'"})",
         "Some parameter is not valid. No enum constant "
         "io.openvidu.java.client.MediaMode.'recordingMode'"},
        {"role", R"({"role":"'type' "})", "Parameter role 'type'  is not defined"},
        {"", R"({"data":"x"})", "Something that nobody has seen"}}));

}  // namespace
}  // namespace openvidu::token
