#include "server/access/policy_file.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/read_file.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

std::string Docs(const std::string& name) { return absl::StrCat(TOKEN_DOCS "/", name); }

std::string InGroup(const std::string& members) {
  return absl::StrCat(R"({"groups":[{"name":"g","match":{"everyone":true},)", members, "}]}");
}

struct Row {
  std::string name;
  std::string json;
  std::string mistakes;  ///< Each line's beginning, to the last one; "": none.
};

class PolicyFileTest : public testing::TestWithParam<Row> {};

TEST_P(PolicyFileTest, NamesEachMistakeByItsPath) {
  const absl::Status status = ParsePolicy(GetParam().json).status();
  if (GetParam().mistakes.empty()) {
    EXPECT_THAT(status, IsOk());
    return;
  }
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               testing::HasSubstr(GetParam().mistakes)));
  EXPECT_EQ(status.message().find(GetParam().mistakes), 0) << status.message();
}

const Row kRows[] = {
    {"Empty", "", "line 1: is not JSON"},
    {"NotJson", "{\n\"groups\":\n[}", "line 3: is not JSON"},
    {"Comment", "{} // no", "line 1: is not JSON"},
    {"TwoValues", "{}{}", "line 1: is not JSON"},
    {"HugeNumber", R"({"groups":1e999})", "has a number beyond the range of a double"},
    {"NotAnObject", "[]", "the policy: has to be an object"},
    {"Null", "null", "the policy: has to be an object"},
    {"NoGroups", "{}", "the policy: has to have groups"},
    {"EmptyGroups", R"({"groups":[]})", "the policy: has to have groups"},
    {"GroupsNotAnArray", R"({"groups":{}})", "groups: has to be an array"},
    {"GroupNotAnObject", R"({"groups":[7]})", "groups[0]: has to be an object"},
    {"TooDeep", InGroup(R"("data":{"merge":{"a":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}})"),
     "groups[0].data.merge.a[0][0][0][0][0][0][0][0][0][0][0]: is too deep"},
    {"DuplicateKey",
     R"({"groups":[{"name":"a","match":{"everyone":true}},{"name":"a","name":"b"}]})",
     "groups[1].name: comes twice"},
    {"UnknownKeys", R"({"group":1,"groups":[{"name":"g","match":{"everyone":true},"rolls":[]}]})",
     "group: is not known; here may be $schema, groups\ngroups[0].rolls: is not known; here may "
     "be "},
    {"NoNameNoMatch", R"({"groups":[{}]})",
     "groups[0]: has to have a name\ngroups[0]: has to have a match"},
    {"BadName", R"({"groups":[{"name":"a b","match":{"everyone":true}}]})",
     "groups[0].name: has to be of"},
    {"SameNames",
     R"({"groups":[{"name":"a","match":{"anonymous":true}},{"name":"a","match":{"everyone":true}}]})",
     "groups[1].name: is another group's name too"},
    {"NeverReached",
     R"({"groups":[{"name":"a","match":{"everyone":true}},{"name":"b","match":{"anonymous":true}}]})",
     "groups[1]: is never reached"},
    {"MatchNothing", R"({"groups":[{"name":"a","match":{}}]})",
     "groups[0].match: has to have one of everyone, anonymous, authenticated, claim, certificate"},
    {"MatchTwo", R"({"groups":[{"name":"a","match":{"anonymous":true,"authenticated":true}}]})",
     "groups[0].match: has to have one of"},
    {"MatchFalse", R"({"groups":[{"name":"a","match":{"anonymous":false}}]})",
     "groups[0].match.anonymous: has to be true"},
    {"NoClaim", R"({"groups":[{"name":"a","match":{"claim":{}}}]})",
     "groups[0].match.claim: has to name a claim"},
    {"ClaimNull", R"({"groups":[{"name":"a","match":{"claim":{"groups":null}}}]})",
     "groups[0].match.claim.groups: has to be a text"},
    {"ClaimEmptyArray", R"({"groups":[{"name":"a","match":{"claim":{"groups":[]}}}]})",
     "groups[0].match.claim.groups: has to have a value"},
    {"ClaimObject", R"({"groups":[{"name":"a","match":{"claim":{"groups":["x",{}]}}}]})",
     "groups[0].match.claim.groups[1]: has to be a text"},
    {"Certificate", R"({"groups":[{"name":"a","match":{"certificate":["dns:a.example","*"]}}]})",
     "groups[0].match.certificate[1]: has to be dns:"},
    {"CertificateNone", R"({"groups":[{"name":"a","match":{"certificate":[]}}]})",
     "groups[0].match.certificate: has to have a name"},
    {"SessionRegularExpression", InGroup(R"("sessions":["team-.*"])"),
     "groups[0].sessions[0]: has to be of letters"},
    {"SessionEmpty", InGroup(R"("sessions":[""])"), "groups[0].sessions[0]: has to be a text that"},
    {"SessionValue", InGroup(R"("sessions":["${user}","${sub","${claim.}"])"),
     "groups[0].sessions[0]: has ${user}, which is neither ${sub} nor ${claim.NAME}\n"
     "groups[0].sessions[1]: has a ${ without a }\ngroups[0].sessions[2]: has ${claim.}"},
    {"CreateSessionsText", InGroup(R"("createSessions":"true")"),
     "groups[0].createSessions: has to be true or false"},
    {"Role", InGroup(R"("roles":["PUBLISHER","KING"])"),
     "groups[0].roles[1]: has to be one of SUBSCRIBER, PUBLISHER, MODERATOR"},
    {"RoleLowerCase", InGroup(R"("roles":["moderator"])"), "groups[0].roles[0]: has to be one of"},
    {"DefaultRole", InGroup(R"("defaultRole":"MODERATOR")"),
     "groups[0].defaultRole: is not among the roles"},
    {"RecordingMode", InGroup(R"("recordingModes":["NEVER"])"),
     "groups[0].recordingModes[0]: has to be one of ALWAYS, MANUAL"},
    {"IpcamTrue", InGroup(R"("ipcam":true)"), "groups[0].ipcam: has to be false or an object"},
    {"IpcamNoHosts", InGroup(R"("ipcam":{})"), "groups[0].ipcam: has to have hosts"},
    {"IpcamScheme", InGroup(R"("ipcam":{"schemes":["gopher"],"hosts":["*"]})"),
     "groups[0].ipcam.schemes[0]: has to be one of file, rtsp, rtsps, http, https"},
    {"IpcamHost", InGroup(R"("ipcam":{"hosts":["cam:554/x","a..b","[::1]"]})"),
     "groups[0].ipcam.hosts[0]: has to be a host's name or address"},
    {"IpcamPort", InGroup(R"("ipcam":{"hosts":["*"],"ports":[0,65536,"554",5.5,-1]})"),
     "groups[0].ipcam.ports[0]: has to be a whole number from 1 to 65535\n"
     "groups[0].ipcam.ports[1]: has to be a whole number from 1 to 65535\n"
     "groups[0].ipcam.ports[2]: has to be a whole number from 1 to 65535\n"
     "groups[0].ipcam.ports[3]: has to be a whole number from 1 to 65535\n"
     "groups[0].ipcam.ports[4]: has to be a whole number from 1 to 65535"},
    {"IpcamKey", InGroup(R"("ipcam":{"hosts":["*"],"host":"x"})"),
     "groups[0].ipcam.host: is not known"},
    {"Bandwidth", InGroup(R"("maxVideoSendKbps":0,"maxVideoRecvKbps":18446744073709551615)"),
     "groups[0].maxVideoSendKbps: has to be a whole number from 1 to 1000000\n"
     "groups[0].maxVideoRecvKbps: has to be"},
    {"FiltersWithoutOptions", InGroup(R"("filters":["ZBarFilter"])"),
     "groups[0].filters: needs kurentoOptions to be true"},
    {"DataValue", InGroup(R"("data":{"merge":{"userId":"${claim}"}})"),
     "groups[0].data.merge.userId: has ${claim}"},
    {"DataCase", InGroup(R"("data":{"merge":{"userId":"a","userid":"b"}})"),
     "groups[0].data.merge.userid: differs from another one only in case"},
    {"OtherOwnRule", InGroup(R"("otherProperties":["role"])"),
     "groups[0].otherProperties[0]: has a rule of its own"},
    {"OtherDisguised", InGroup(R"("otherProperties":["Record"])"),
     "groups[0].otherProperties[0]: is not how OpenVidu spells this property"},
    {"OtherWord", InGroup(R"("otherProperties":"all")"),
     "groups[0].otherProperties: has to be true"},
    {"ThreeAtOnce", InGroup(R"("roles":7,"createSessions":1,"ipcam":2)"),
     "groups[0].createSessions: has to be true or false\ngroups[0].roles: has to be an array\n"
     "groups[0].ipcam: has to be false or an object"},
    {"Least", R"({"groups":[{"name":"a","match":{"everyone":true}}]})", ""},
    {"EmptyLists", InGroup(R"("roles":[],"sessions":[],"recordingModes":[],"otherProperties":[])"),
     ""},
};

INSTANTIATE_TEST_SUITE_P(, PolicyFileTest, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(PolicyJsonTest, NoNestingHurts) {
  EXPECT_FALSE(ParsePolicy(std::string(1 << 20, '[')).ok());
  EXPECT_FALSE(ParsePolicy(std::string(100'000, '[') + std::string(100'000, ']')).ok());
}

TEST(PolicyExampleTest, CanBeRead) {
  EXPECT_THAT(ReadPolicyFile(Docs("policy.example.json")), IsOk());
}

Json Schema() { return Json::parse(*ReadFile(Docs("policy.schema.json"))); }

std::set<std::string> Keys(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [name, value] : object.at("properties").items()) keys.insert(name);
  EXPECT_EQ(object.at("additionalProperties"), false);
  return keys;
}

template <size_t n>
std::set<std::string> Set(const absl::string_view (&keys)[n]) {
  return {std::begin(keys), std::end(keys)};
}

TEST(PolicySchemaTest, HasTheReadersKeys) {
  const Json schema = Schema();
  const Json group = schema.at("properties").at("groups").at("items");
  EXPECT_EQ(Keys(schema), Set(kPolicyKeys));
  EXPECT_EQ(Keys(group), Set(kGroupKeys));
  EXPECT_EQ(Keys(group.at("properties").at("match")), Set(kMatchKeys));
  EXPECT_EQ(Keys(group.at("properties").at("ipcam").at("anyOf").at(1)), Set(kIpcamKeys));
  EXPECT_EQ(Keys(group.at("properties").at("data")), Set(kDataKeys));
}

// What the schema says that a value may be, the reader takes, and the reader has a use for each
// key.
TEST(PolicySchemaTest, ItsExamplesCanBeReadAndNullCannot) {
  const Json properties = Schema().at("properties").at("groups").at("items").at("properties");
  for (const auto& [key, rule] : properties.items()) {
    const Json least = {{"name", "g"}, {"match", {{"everyone", true}}}, {"kurentoOptions", true}};
    ASSERT_TRUE(rule.contains("examples")) << key;
    for (const Json& example : rule.at("examples")) {
      Json group = least;
      group[key] = example;
      if (key == "defaultRole") group["roles"] = {example};
      const Json policy = {{"groups", {group}}};
      EXPECT_THAT(ParsePolicy(policy.dump()).status(), IsOk()) << policy;
    }
    Json group = least;
    group[key] = nullptr;
    const Json policy = {{"groups", {group}}};
    EXPECT_THAT(
        ParsePolicy(policy.dump()).status(),
        StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("groups[0]." + key)));
  }
}

}  // namespace
}  // namespace openvidu::token
