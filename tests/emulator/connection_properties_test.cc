#include "emulator/connection_properties.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "emulator/connection_ids.h"

namespace openvidu::emulator {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1795547278);

std::string MessageOf(const std::string& body) {
  const absl::StatusOr<ConnectionProperties> properties =
      ReadConnectionProperties(*ParseJson(body), kNow);
  return properties.ok() ? "OK" : std::string(properties.status().message());
}

std::string AnswerTo(const std::string& body) {
  std::string out;
  AppendMembers(*ReadConnectionProperties(*ParseJson(body), kNow), &out);
  return out;
}

struct OrderCase {
  const char* name;
  const char* body;
  const char* message_start;
};

class ConnectionOrderTest : public testing::TestWithParam<OrderCase> {};

TEST_P(ConnectionOrderTest, TheFirstCheckInOrderSpeaks) {
  EXPECT_TRUE(absl::StartsWith(MessageOf(GetParam().body), GetParam().message_start))
      << MessageOf(GetParam().body);
}

// openvidu-rest.md §4 "Order".
INSTANTIATE_TEST_SUITE_P(
    Checks, ConnectionOrderTest,
    testing::Values(
        OrderCase{"TypeBeforeRole", R"({"type":"NOPE","role":"NOPE"})",
                  "Parameter 'type' NOPE is not defined"},
        OrderCase{"DataBeforeTypeValue", R"({"type":"NOPE","data":5})",
                  "Type error in some parameter: "},
        OrderCase{"RoleBeforeKurento", R"({"role":"NOPE","kurentoOptions":5})",
                  "Parameter role NOPE is not defined"},
        OrderCase{"KurentoBeforeIce", R"({"kurentoOptions":5,"customIceServers":5})",
                  "Error in parameter 'kurentoOptions'"},
        OrderCase{"IceBeforeRecord", R"({"customIceServers":5,"record":5})",
                  "Error in parameter 'customIceServersJson'"},
        OrderCase{"RecordLast", R"({"record":5})", "Type error in parameter 'record': "},
        OrderCase{"IpcamTypesBeforeUri", R"({"type":"IPCAM","rtspUri":"nope","networkCache":"5"})",
                  "Type error in some parameter: "},
        OrderCase{"IpcamUriBeforeRecord", R"({"type":"IPCAM","rtspUri":"nope","record":5})",
                  "Error in parameter 'rtspUri': "},
        OrderCase{"IpcamWithoutUri", R"({"type":"IPCAM"})",
                  "Type error in some parameter: Cannot invoke \"String.length()\""}),
    [](const testing::TestParamInfo<OrderCase>& row) { return row.param.name; });

TEST(ConnectionPropertiesTest, FieldsOfTheOtherTypeAreNotLookedAt) {
  EXPECT_EQ(AnswerTo(R"({"rtspUri":5,"adaptativeBitrate":"x","networkCache":[]})"), AnswerTo("{}"));
  EXPECT_EQ(
      MessageOf(
          R"({"type":"IPCAM","rtspUri":"rtsp://h/x","role":5,"kurentoOptions":5,"customIceServers":5})"),
      "OK");
}

TEST(ConnectionPropertiesTest, KurentoOptionsAreLenient) {
  EXPECT_TRUE(absl::StrContains(
      AnswerTo(
          R"({"kurentoOptions":{"videoMinSendBandwidth":["5"],"videoMaxRecvBandwidth":"7","x":1,)"
          R"("videoMinRecvBandwidth":3000000000,"videoMaxSendBandwidth":1e12,"allowedFilters":[1,true,["b"]]}})"),
      R"("kurentoOptions":{"videoMaxRecvBandwidth":7,"videoMinRecvBandwidth":-1294967296,)"
      R"("videoMaxSendBandwidth":2147483647,"videoMinSendBandwidth":5,"allowedFilters":["1","true","b"]})"));
  EXPECT_TRUE(absl::StrContains(AnswerTo(R"({"kurentoOptions":{"allowedFilters":[]}})"),
                                R"("kurentoOptions":{},)"));
  EXPECT_EQ(MessageOf(R"({"kurentoOptions":{"videoMaxRecvBandwidth":"1.5"}})"),
            "Type error in some parameter of 'kurentoOptions': For input string: \"1.5\"");
  EXPECT_EQ(MessageOf(R"({"kurentoOptions":{"allowedFilters":1e+300}})"),
            "Type error in some parameter of 'kurentoOptions': Not a JSON Array: 1.0E300");
}

TEST(ConnectionPropertiesTest, IceServersNeedFittingCredentials) {
  const auto ice = [](const std::string& server) {
    return MessageOf("{\"customIceServers\":[" + server + "]}");
  };
  EXPECT_EQ(ice(R"({"url":"stun:1.2.3.4"})"), "OK");
  EXPECT_EQ(ice(R"({"url":"stun:1.2.3.4","staticAuthSecret":"s"})"), "OK");
  EXPECT_TRUE(absl::EndsWith(ice(R"({"url":"stun:1.2.3.4","username":"u","credential":"c"})"),
                             "while using stun."));
  EXPECT_TRUE(absl::EndsWith(ice(R"({"url":"turn:1.2.3.4","username":"u"})"), "while using turn"));
  EXPECT_TRUE(absl::EndsWith(ice(R"({"url":"turn:1.2.3.4","staticAuthSecret":""})"), "Empty key"));
  EXPECT_TRUE(absl::EndsWith(ice(R"({"username":"u"})"),
                             "\"com.google.gson.JsonObject.get(String)\" is null"));
  EXPECT_TRUE(absl::EndsWith(ice("null"), "Not a JSON Object: null"));
}

TEST(ConnectionPropertiesTest, AStaticSecretYieldsCredentialsForADay) {
  const absl::StatusOr<ConnectionProperties> properties = ReadConnectionProperties(
      *ParseJson(R"({"customIceServers":[{"url":"turn:1.2.3.4","staticAuthSecret":"s"}]})"), kNow);
  ASSERT_TRUE(properties.ok());
  const IceServer& server = properties->custom_ice_servers.at(0);
  EXPECT_TRUE(absl::StartsWith(server.username, "1795633678:")) << server.username;
  EXPECT_EQ(server.username.size(), 19U);
  EXPECT_EQ(server.credential.size(), 28U);
}

TEST(ConnectionIdsTest, DataMayAskForAnId) {
  EXPECT_EQ(CustomConnectionId(R"({"openviduCustomConnectionId":"abc"})"), "con_abc");
  EXPECT_EQ(CustomConnectionId(R"({"openviduCustomConnectionId":"con_con_a-b c"})"), "con_abc");
  EXPECT_EQ(CustomConnectionId(R"({"openviduCustomConnectionId":""})"), "con_");
  EXPECT_FALSE(CustomConnectionId("openviduCustomConnectionId").has_value());
  EXPECT_FALSE(CustomConnectionId("{}").has_value());
}

TEST(ConnectionIdsTest, CamerasAreNamedByTheirPlace) {
  std::string id;
  absl::optional<std::string> ip;
  IdentifyIpcam("rtsp://user:pw@127.0.0.1:554/x-y.z?q=1", &id, &ip);
  EXPECT_TRUE(absl::StartsWith(id, "ipc_IPCAM_rtsp_")) << id;
  EXPECT_TRUE(absl::EndsWith(id, "_127_0_0_1_554_xy_z")) << id;
  EXPECT_EQ(ip, "127.0.0.1");
  IdentifyIpcam("file:///tmp/x", &id, &ip);
  EXPECT_TRUE(absl::EndsWith(id, "_null_tmp_x")) << id;
}

}  // namespace
}  // namespace openvidu::emulator
