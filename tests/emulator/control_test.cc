#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/emulator/raw_client.h"

namespace openvidu::emulator {
namespace {

using nlohmann::json;

constexpr char kSessions[] = "/openvidu/api/sessions";

class ControlTest : public testing::Test {
 protected:
  RawAnswer Control(absl::string_view method, absl::string_view path,
                    const std::string& body = "") {
    return Send(emulator_->control_port(), Request(method, absl::StrCat("/control/", path), body));
  }
  void SetFault(const json& fault) {
    const RawAnswer answer = Control("POST", "faults", fault.dump());
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  RawAnswer Post(const std::string& body) {
    return Send(emulator_->port(), Request("POST", kSessions, body));
  }
  json State() { return json::parse(Control("GET", "state").body); }

  const std::unique_ptr<OpenViduEmulator> emulator_ = StartEmulator();
};

TEST_F(ControlTest, CountsRequestsByEndpoint) {
  Post("{}");
  Post("{}");
  Send(emulator_->port(), Request("GET", "/openvidu/api/sessions/x"));
  Send(emulator_->port(), "GET /openvidu/api/sessions HTTP/1.1\r\nHost: a\r\n\r\n");
  Send(emulator_->port(), Request("GET", "/nope"));
  EXPECT_EQ(json::parse(Control("GET", "requests").body), (json{{"total", 5},
                                                                {"authenticated", 4},
                                                                {"POST /sessions", 2},
                                                                {"GET /sessions/{id}", 1},
                                                                {"GET /sessions", 1},
                                                                {"other", 1}}));
  Control("DELETE", "requests");
  EXPECT_EQ(json::parse(Control("GET", "requests").body)["total"], 0);
}

TEST_F(ControlTest, LogsWholeBodies) {
  const std::string body = "{\"x\":\"" + std::string(2000000, 'a') + "\"}";
  EXPECT_EQ(Post(body).status, 200);
  const json requests = json::parse(Control("GET", "log").body)["requests"];
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0]["method"], "POST");
  EXPECT_EQ(requests[0]["path"], kSessions);
  EXPECT_EQ(requests[0]["status"], 200);
  EXPECT_EQ(requests[0]["body"], body);
}

TEST_F(ControlTest, ParticipantsJoinAndLeave) {
  Post(R"({"customSessionId":"a"})");
  const std::string connection = "/openvidu/api/sessions/a/connection";
  const json pending = json::parse(Send(emulator_->port(), Request("POST", connection)).body);
  const std::string token = pending["token"];
  const json join{{"token", token}, {"clientData", "me"}};
  const json active = json::parse(Control("POST", "sessions/a/join", join.dump()).body);
  EXPECT_EQ(active["status"], "active");
  EXPECT_EQ(active["id"], pending["id"]);
  EXPECT_EQ(Control("POST", "sessions/a/join", join.dump()).status, 404);  // used up
  EXPECT_EQ(Control("POST", "sessions/b/join", join.dump()).status, 404);
  EXPECT_EQ(State(), (json{{"sessions", 1}, {"connections", 1}}));
  const json leave{{"connectionId", pending["id"]}};
  EXPECT_EQ(Control("POST", "sessions/a/leave", leave.dump()).status, 200);
  EXPECT_EQ(State(), (json{{"sessions", 0}, {"connections", 0}}));
}

TEST_F(ControlTest, ResetsOrClosesWithoutHandling) {
  for (const char* fault : {"reset_before_answer", "close_before_answer"}) {
    SetFault({{"fault", fault}});
    RawClient client(emulator_->port());
    EXPECT_EQ(client.Exchange(Request("POST", kSessions, "{}")).status, 0) << fault;
    EXPECT_EQ(client.was_reset(), absl::StartsWith(fault, "reset")) << fault;
  }
  EXPECT_EQ(State()["sessions"], 0);
  EXPECT_EQ(json::parse(Control("GET", "log").body)["requests"][0]["body"], "{}");
}

TEST_F(ControlTest, HandlesAndCloses) {
  SetFault({{"fault", "handle_then_close"}, {"match", {{"method", "POST"}, {"path", kSessions}}}});
  EXPECT_EQ(Send(emulator_->port(), Request("GET", kSessions)).status, 200);
  EXPECT_EQ(Post(R"({"customSessionId":"a"})").status, 0);
  EXPECT_EQ(Post(R"({"customSessionId":"a"})").status, 409);
}

TEST_F(ControlTest, BreaksOffInTheMiddle) {
  for (const char* fault : {"reset_mid_answer", "close_mid_answer"}) {
    SetFault({{"fault", fault}});
    RawClient client(emulator_->port());
    const RawAnswer answer = client.Exchange(Request("POST", kSessions, "{}"));
    // A reset may overtake what was sent before it.
    EXPECT_LT(answer.body.size(), 507U);
    EXPECT_FALSE(answer.is_whole);
    EXPECT_EQ(client.was_reset(), absl::StartsWith(fault, "reset")) << fault;
  }
}

TEST_F(ControlTest, StallsAndDripsAndGoesOn) {
  for (const json& fault : {json{{"fault", "stall_before_head"}, {"duration_ms", 100}},
                            json{{"fault", "stall_mid_body"}, {"duration_ms", 100}},
                            json{{"fault", "drip"}, {"interval_ms", 1}}}) {
    SetFault(fault);
    const absl::Time start = absl::Now();
    const RawAnswer answer = Post("{}");
    EXPECT_GE(absl::Now() - start, absl::Milliseconds(100)) << fault;
    EXPECT_EQ(answer.body.size(), 507U) << fault;
  }
  SetFault({{"fault", "stall_before_head"}, {"duration_ms", 1}, {"then", "close"}});
  EXPECT_EQ(Post("{}").status, 0);
}

TEST_F(ControlTest, AnswersWhatATestWants) {
  SetFault({{"fault", "status"},
            {"status", 429},
            {"body", "slow down"},
            {"headers", {{"Retry-After", "7"}}}});
  const RawAnswer status = Post("{}");
  EXPECT_EQ(status.status, 429);
  EXPECT_EQ(status.body, "slow down");
  EXPECT_TRUE(absl::StrContains(status.head, "\r\nRetry-After: 7\r\n"));
  EXPECT_EQ(State()["sessions"], 0);

  SetFault({{"fault", "truncated_json"}});
  EXPECT_TRUE(json::parse(Post("{}").body, nullptr, false).is_discarded());
  SetFault({{"fault", "garbage_body"}});
  EXPECT_TRUE(json::parse(Post("{}").body, nullptr, false).is_discarded());
  SetFault({{"fault", "wrong_content_type"}});
  EXPECT_TRUE(absl::StrContains(Post("{}").head, "Content-Type: text/html"));
  SetFault({{"fault", "huge_answer"}, {"bytes", 3000000}});
  EXPECT_GT(Post("{}").body.size(), 3000000U);
  EXPECT_EQ(Post("{}").status, 200);
}

TEST_F(ControlTest, ClosesIdleConnections) {
  RawClient client(emulator_->port());
  EXPECT_EQ(client.Exchange(Request("GET", kSessions)).status, 200);
  SetFault({{"fault", "close_idle"}});
  EXPECT_TRUE(client.IsClosedByPeer());
  EXPECT_EQ(Post("{}").status, 200);
}

TEST_F(ControlTest, RefusesForAWhile) {
  SetFault({{"fault", "refuse"}, {"duration_ms", 300}});
  EXPECT_FALSE(RawClient(emulator_->port()).is_connected());
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (absl::Now() < deadline && !RawClient(emulator_->port()).is_connected())
    absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(Post("{}").status, 200);
}

TEST_F(ControlTest, ARestartForgetsEverything) {
  Post(R"({"customSessionId":"a"})");
  RawClient client(emulator_->port());
  EXPECT_EQ(client.Exchange(Request("GET", kSessions)).status, 200);
  EXPECT_EQ(Control("POST", "restart").status, 200);
  EXPECT_TRUE(client.IsClosedByPeer());
  EXPECT_EQ(State()["sessions"], 0);
  EXPECT_EQ(Post(R"({"customSessionId":"a"})").status, 200);
}

TEST_F(ControlTest, CostAndLatencySlowItDown) {
  Control("POST", "latency", R"({"ms":50})");
  absl::Time start = absl::Now();
  Send(emulator_->port(), Request("GET", kSessions));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(50));
  Control("POST", "latency", R"({"ms":0})");
  Control("POST", "cost", R"({"cpu_ms":50,"concurrency":1})");
  start = absl::Now();
  Send(emulator_->port(), Request("GET", kSessions));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(50));
}

TEST_F(ControlTest, NamesMistakes) {
  EXPECT_EQ(Control("POST", "faults", R"({"fault":"nope"})").status, 400);
  EXPECT_EQ(Control("POST", "faults", R"({"fault":"status","status":"x"})").status, 400);
  EXPECT_EQ(Control("POST", "faults", "[]").status, 400);
  EXPECT_EQ(Control("POST", "faults", R"({"fault":"status","times":-1})").status, 400);
  EXPECT_EQ(Control("POST", "latency", R"({"ms":-1})").status, 400);
  EXPECT_EQ(Control("POST", "cost", R"({"cpu_ms":1,"concurrency":-1})").status, 400);
  EXPECT_EQ(Control("GET", "nope").status, 404);
}

}  // namespace
}  // namespace openvidu::emulator
