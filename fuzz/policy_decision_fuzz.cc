// A policy's decisions: whatever is asked for, what then goes to OpenVidu is what the group may
// have.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "fuzz/input.h"
#include "proto/json_mapping.h"
#include "server/access/policy_file.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

constexpr char kPolicy[] = R"({"groups":[
  {"name":"known","match":{"authenticated":true},"roles":["SUBSCRIBER"],"sessions":["room-${sub}"],
   "ipcam":{"schemes":["rtsp"],"hosts":["cam.example.com"]},"data":{"merge":{"userId":"${sub}"}}},
  {"name":"others","match":{"everyone":true},"roles":["SUBSCRIBER"],"createSessions":false}]})";

const Policy& ThePolicy() {
  static const Policy& policy = *new Policy(*ParsePolicy(kPolicy));
  return policy;
}

/// What OpenVidu would read: no name comes twice, in any case or among blanks.
Json Read(const std::string& json) {
  std::set<std::string> names;
  Json read = Json::parse(json, [&names](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth == 1 && event == Json::parse_event_t::key) {
      const std::string name = absl::AsciiStrToLower(parsed.get<std::string>());
      FUZZ_CHECK(names.insert(std::string(absl::StripAsciiWhitespace(name))).second);
    }
    return true;
  });
  return read;
}

/// Whether it leads to cam.example.com by RTSP, for whoever reads it.
bool IsTheCamera(std::string uri) {
  uri = absl::AsciiStrToLower(uri);
  absl::string_view rest = uri;
  if (!absl::ConsumePrefix(&rest, "rtsp://cam.example.com")) return false;
  rest = rest.substr(0, rest.find_first_of("/?"));
  if (rest.empty()) return true;
  return rest.size() > 1 && rest[0] == ':' &&
         std::all_of(rest.begin() + 1, rest.end(), absl::ascii_isdigit);
}

void CheckConnection(const v1::ConnectionProperties& properties, bool known) {
  const absl::StatusOr<std::string> sent = PropertiesToJson(properties);
  if (!sent.ok()) return;
  const Json body = Read(*sent);
  for (const auto& [name, value] : body.items()) {
    if (value.is_array() && value.empty()) continue;  // asks for nothing
    FUZZ_CHECK(name == "role" || name == "type" || name == "data" ||
               (known && (name == "rtspUri" || name == "adaptativeBitrate" ||
                          name == "onlyPlayWithSubscribers" || name == "networkCache")));
  }
  const bool is_camera = body.contains("type") && body["type"] != "WEBRTC";
  FUZZ_CHECK(!is_camera || (known && body["type"] == "IPCAM"));
  FUZZ_CHECK(body.contains("role") ? body["role"] == "SUBSCRIBER" : is_camera);
  FUZZ_CHECK(!body.contains("rtspUri") || IsTheCamera(body["rtspUri"].get<std::string>()));
  if (!known) return;
  const Json data = Read(body.at("data").get<std::string>());
  FUZZ_CHECK(data.at("userId") == "ada");
  FUZZ_CHECK(!data.contains("openviduCustomConnectionId"));
}

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  const size_t kind = input.TakeByte();
  const bool known = kind % 2 == 0;
  Identity identity;
  if (known) identity = {.method = Identity::Method::kJwt, .subject = "ada", .claims = {}};
  const std::string session_id(input.TakeLine());
  const Scalars scalars = kind % 4 < 2 ? Scalars::kAsThemselves : Scalars::kAsText;

  v1::CreateConnectionRequest connect;
  connect.set_session_id(session_id);
  if (!PropertiesFromJson(input.rest(), *connect.mutable_properties(), scalars).ok()) return 0;
  const Decision decision = ThePolicy().DecideConnect(identity, connect);
  FUZZ_CHECK(decision.allowed() || absl::IsPermissionDenied(decision.status));
  if (decision.allowed()) {
    FUZZ_CHECK(!known || session_id == "room-ada");
    CheckConnection(connect.properties(), known);
  }

  v1::JoinSessionRequest join;
  join.set_custom_session_id(session_id);
  *join.mutable_connection_properties() = connect.properties();
  if (!PropertiesFromJson(input.rest(), *join.mutable_connection_properties(), scalars).ok()) {
    return 0;
  }
  const Decision joins = ThePolicy().DecideJoin(identity, join);
  if (joins.allowed()) {
    FUZZ_CHECK(known ? session_id == "room-ada" : !joins.may_create);
    CheckConnection(join.connection_properties(), known);
  }

  v1::InitializeSessionRequest initialize;
  PropertiesFromJson(input.rest(), *initialize.mutable_properties(), scalars).IgnoreError();
  if (!ThePolicy().DecideInitialize(identity, initialize).allowed()) return 0;
  FUZZ_CHECK(known && initialize.properties().custom_session_id() == "room-ada");
  const absl::StatusOr<std::string> sent = PropertiesToJson(initialize.properties());
  if (!sent.ok()) return 0;
  const auto body = Read(*sent);
  FUZZ_CHECK(!body.contains("recordingMode") || body["recordingMode"] == "MANUAL");
  return 0;
}
