#include "common/access_log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/read_file.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1'767'225'600'007);

AccessRecord Connection() {
  return {.door = "http",
          .method = "POST",
          .route = "/api/sessions/{sessionId}/connections",
          .status = 200,
          .code = "OK",
          .bytes = 81,
          .duration = absl::Microseconds(1'004'512),
          .address = "192.0.2.7",
          .request_id = "4f",
          .trace_id = "0af7651916cd43dd8448eb211c80319c",
          .user_agent = "curl/7.88.1"};
}

TEST(AccessLogTest, ALineOfJson) {
  EXPECT_EQ(
      AccessLog::Line(LogFormat::kJson, Connection(), kNow),
      R"({"time":"2026-01-01T00:00:00.007Z","access":"http","method":"POST",)"
      R"("route":"/api/sessions/{sessionId}/connections","status":200,"code":"OK","bytes":81,)"
      R"("seconds":1.004512,"address":"192.0.2.7","requestId":"4f",)"
      R"("traceId":"0af7651916cd43dd8448eb211c80319c","userAgent":"curl/7.88.1"})");
}

TEST(AccessLogTest, ALineOfText) {
  EXPECT_EQ(AccessLog::Line(LogFormat::kText, Connection(), kNow),
            "2026-01-01T00:00:00.007Z access http method=POST "
            "route=/api/sessions/{sessionId}/connections status=200 code=OK bytes=81 "
            "seconds=1.004512 address=192.0.2.7 requestId=4f "
            "traceId=0af7651916cd43dd8448eb211c80319c userAgent=curl/7.88.1");
}

TEST(AccessLogTest, WhatIsNotKnownIsLeftOut) {
  EXPECT_EQ(AccessLog::Line(LogFormat::kText, {.door = "grpc", .route = "JoinSession"}, kNow),
            "2026-01-01T00:00:00.007Z access grpc route=JoinSession bytes=0 seconds=0.000000");
}

TEST(AccessLogTest, AUserAgentForgesNothing) {
  AccessRecord record = Connection();
  std::string hostile = "a\r\n{\"access\":\"http\"} status=500\",\"status\":500,\"x\":\"\\\xff\x1b";
  record.user_agent = hostile;
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    const std::string line = AccessLog::Line(format, record, kNow);
    for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << static_cast<int>(c);
  }
  const auto json = nlohmann::json::parse(AccessLog::Line(LogFormat::kJson, record, kNow));
  EXPECT_EQ(json.size(), 12);
  EXPECT_EQ(json["status"], 200);
  const std::string text = AccessLog::Line(LogFormat::kText, record, kNow);
  EXPECT_THAT(text, testing::HasSubstr(R"( userAgent="a\r\n{\"access\")"));
  EXPECT_THAT(text, testing::EndsWith("\""));

  hostile.append(10'000, 'x');
  record.user_agent = hostile;
  EXPECT_LT(AccessLog::Line(LogFormat::kJson, record, kNow).size(), 1000);
}

TEST(AccessLogTest, WritesLinesToAFileAndNothingWhereItIsOff) {
  const TempFolder folder;
  const std::string path = folder.path() + "/access";
  {
    const auto log = AccessLog::Open(path, LogFormat::kText);
    ASSERT_THAT(log, IsOk());
    EXPECT_TRUE((*log)->enabled());
    for (int i = 0; i < 3; ++i) (*log)->Write(Connection(), kNow);
    EXPECT_EQ((*log)->dropped(), 0);
  }
  const std::vector<std::string> lines = absl::StrSplit(*ReadFile(path), '\n', absl::SkipEmpty());
  EXPECT_THAT(lines, testing::ElementsAre(testing::_, testing::_,
                                          AccessLog::Line(LogFormat::kText, Connection(), kNow)));

  const auto off = AccessLog::Open("off", LogFormat::kText);
  ASSERT_THAT(off, IsOk());
  EXPECT_FALSE((*off)->enabled());
  (*off)->Write(Connection(), kNow);
  for (const std::string& mistake : {std::string(), folder.path()}) {
    EXPECT_THAT(AccessLog::Open(mistake, LogFormat::kText).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("access_log")));
  }
}

}  // namespace
}  // namespace openvidu::token
