#include "emulator/session_properties.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace openvidu::emulator {
namespace {

std::string MessageOf(const std::string& body) {
  const absl::StatusOr<SessionProperties> properties = ReadSessionProperties(*ParseJson(body));
  return properties.ok() ? "OK" : std::string(properties.status().message());
}

std::string AnswerTo(const std::string& body) {
  std::string out;
  AppendMembers(*ReadSessionProperties(*ParseJson(body)), &out);
  return out;
}

struct OrderCase {
  const char* name;
  const char* body;
  const char* message_start;
};

class SessionOrderTest : public testing::TestWithParam<OrderCase> {};

TEST_P(SessionOrderTest, TheFirstCheckInOrderSpeaks) {
  EXPECT_TRUE(absl::StartsWith(MessageOf(GetParam().body), GetParam().message_start))
      << MessageOf(GetParam().body);
}

// openvidu-rest.md §3 "Order inside one POST".
INSTANTIATE_TEST_SUITE_P(
    Checks, SessionOrderTest,
    testing::Values(
        OrderCase{"TypeBeforeValue", R"({"mediaMode":"NOPE","allowTranscoding":"x"})",
                  "Type error in some parameter: class java.lang.String cannot be cast to class "
                  "java.lang.Boolean"},
        OrderCase{"EarlierTypeFirst", R"({"allowTranscoding":"x","customSessionId":7})",
                  "Type error in some parameter: class java.lang.Integer cannot be cast to class "
                  "java.lang.String"},
        OrderCase{"CodecBeforeModes",
                  R"({"mediaMode":"NOPE","recordingMode":"NOPE","forcedVideoCodec":"NOPE"})",
                  "Invalid value for parameter 'forcedVideoCodec': No enum constant"},
        OrderCase{"RecordingModeBeforeMediaMode", R"({"mediaMode":"NOPE","recordingMode":"NOPE"})",
                  "Some parameter is not valid. No enum constant "
                  "io.openvidu.java.client.RecordingMode.NOPE"},
        OrderCase{
            "MediaModeBeforeId", R"({"mediaMode":"NOPE","customSessionId":"a b"})",
            "Some parameter is not valid. No enum constant io.openvidu.java.client.MediaMode.NOPE"},
        OrderCase{"IdBeforeRecording",
                  R"({"customSessionId":"a b","defaultRecordingProperties":5})",
                  "Some parameter is not valid. Parameter 'customSessionId' is wrong"},
        OrderCase{"RecordingBeforeMediaNode", R"({"defaultRecordingProperties":5,"mediaNode":5})",
                  "Some parameter is not valid. Error in parameter 'defaultRecordingProperties'"},
        OrderCase{"MediaNodeLast", R"({"mediaNode":5})",
                  "Some parameter is not valid. Error in parameter 'mediaNode'"}),
    [](const testing::TestParamInfo<OrderCase>& row) { return row.param.name; });

TEST(SessionPropertiesTest, NullIsAbsent) {
  EXPECT_EQ(
      AnswerTo(R"({"mediaMode":null,"customSessionId":null,"defaultRecordingProperties":null,)"
               R"("mediaNode":null,"allowTranscoding":null})"),
      AnswerTo("{}"));
}

TEST(SessionPropertiesTest, CustomIdsMayBeLongAndOdd) {
  for (const std::string id : {"-", "null", "ses_x", "A_b-9"}) {
    EXPECT_EQ(MessageOf("{\"customSessionId\":\"" + id + "\"}"), "OK") << id;
  }
  EXPECT_EQ(MessageOf("{\"customSessionId\":\"" + std::string(100000, 'F') + "\"}"), "OK");
  EXPECT_NE(MessageOf(R"({"customSessionId":"a\n"})"), "OK");
}

TEST(SessionPropertiesTest, MediaNodeIdsAreReadTwice) {
  EXPECT_EQ(MessageOf(R"({"mediaNode":{"id":"x"}})"), "OK");
  EXPECT_EQ(MessageOf(R"({"mediaNode":{"id":""}})"), "OK");
  EXPECT_EQ(MessageOf(R"({"mediaNode":{"id":"25"}})"),
            "Some parameter is not valid. Type error in parameter 'mediaNode.id': not a String");
  EXPECT_EQ(MessageOf(R"({"mediaNode":{"id":null}})"), "Not a JSON Primitive: null");
  EXPECT_EQ(MessageOf(R"({"mediaNode":{"id":["x"]}})"), "Not a JSON Primitive: [\"x\"]");
}

TEST(RecordingPropertiesTest, AnswersOnlyWhatApplies) {
  EXPECT_TRUE(absl::StrContains(
      AnswerTo(
          R"({"defaultRecordingProperties":{"outputMode":"INDIVIDUAL","resolution":"junk","frameRate":5000}})"),
      R"({"name":"","hasAudio":true,"hasVideo":true,"outputMode":"INDIVIDUAL","ignoreFailedStreams":false})"));
  EXPECT_TRUE(
      absl::StrContains(AnswerTo(R"({"defaultRecordingProperties":{"hasVideo":false}})"),
                        R"({"name":"","hasAudio":true,"hasVideo":false,"outputMode":"COMPOSED"})"));
  EXPECT_TRUE(absl::StrContains(
      AnswerTo(
          R"({"defaultRecordingProperties":{"recordingLayout":"CUSTOM","mediaNode":{"id":"m"}}})"),
      R"("shmSize":536870912,"customLayout":"","mediaNode":"m"})"));
}

TEST(RecordingPropertiesTest, NumbersAreCutAndChecked) {
  EXPECT_TRUE(absl::StrContains(
      AnswerTo(R"({"defaultRecordingProperties":{"frameRate":30.9,"shmSize":1e300}})"),
      R"("frameRate":30,"shmSize":9223372036854775807)"));
  for (const char* bad :
       {R"({"frameRate":0})", R"({"frameRate":121})", R"({"frameRate":"25"})",
        R"({"shmSize":134217727})", R"({"resolution":"99x100"})", R"({"resolution":"0640x0480"})",
        R"({"hasAudio":false,"hasVideo":false})", R"({"name":"a b"})", R"({"session":1})",
        R"({"mediaNode":5})", R"({"frameRate":1e999})"}) {
    EXPECT_NE(MessageOf(std::string("{\"defaultRecordingProperties\":") + bad + "}"), "OK") << bad;
  }
}

}  // namespace
}  // namespace openvidu::emulator
