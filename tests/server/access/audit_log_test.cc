#include "server/access/audit_log.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "common/read_file.h"
#include "common/status_details.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1'767'225'600'007);

AuditRecord Refused() {
  AuditRecord record;
  record.method = "CreateConnection";
  record.identity = {.method = Identity::Method::kJwt, .subject = "ada"};
  record.caller = std::make_shared<Caller>(
      Caller{.bearer_token = "eyJhbGciOi.x.y", .address = "192.0.2.7", .request_id = "r-1"});
  record.session_id = "room-1";
  record.role = "MODERATOR";
  record.rule = "guests";
  record.result = WithReason(
      WithField(absl::PermissionDeniedError("role MODERATOR is not allowed"), "role"),
      "POLICY_DENIED");
  return record;
}

TEST(AuditLogTest, SaysWhoAskedForWhatAndWhatCameOfIt) {
  EXPECT_EQ(AuditLog::Line(Refused(), kNow),
            R"({"time":"2026-01-01T00:00:00.007Z","audit":"CreateConnection","allowed":false,)"
            R"("rule":"guests","method":"jwt","subject":"ada","address":"192.0.2.7",)"
            R"("sessionId":"room-1","role":"MODERATOR","code":"PERMISSION_DENIED",)"
            R"("reason":"POLICY_DENIED","field":"role","requestId":"r-1"})");
}

TEST(AuditLogTest, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(AuditLog::Line({.method = "InitializeSession", .allowed = true}, kNow),
            R"({"time":"2026-01-01T00:00:00.007Z","audit":"InitializeSession","allowed":true,)"
            R"("method":"anonymous","code":"OK"})");
}

TEST(AuditLogTest, TextOfACallerForgesNoLine) {
  for (const std::string& text :
       {std::string("a\nb"), std::string("\",\"allowed\":true,\"x\":\""), std::string("\\"),
        std::string("\xff\xfe"), std::string("\0", 1), std::string("\u2028"),
        std::string(100'000, 'x')}) {
    AuditRecord record = Refused();
    record.session_id = text;
    record.identity.subject = text;
    const std::string line = AuditLog::Line(record, kNow);
    EXPECT_LT(line.size(), 10'000);
    EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; }))
        << line;
    const nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(json.is_object()) << line;
    EXPECT_EQ(json["allowed"], false);
  }
}

TEST(AuditLogTest, NeverSaysTheCredential) {
  EXPECT_FALSE(absl::StrContains(AuditLog::Line(Refused(), kNow), "eyJ"));
}

TEST(AuditLogTest, WritesToAFile) {
  const TempFolder folder;
  const std::string path = folder.path() + "/audit";
  {
    const auto log = AuditLog::Open(path);
    ASSERT_THAT(log, IsOk());
    (*log)->Write(Refused(), kNow);
  }
  EXPECT_EQ(*ReadFile(path), AuditLog::Line(Refused(), kNow) + "\n");
}

TEST(AuditLogTest, IsOffWhereItIsToBe) {
  const auto log = AuditLog::Open("off");
  ASSERT_THAT(log, IsOk());
  (*log)->Write(Refused(), kNow);
}

TEST(AuditLogTest, NamesADestinationThatIsNone) {
  EXPECT_THAT(AuditLog::Open(""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(AuditLog::Open("/"),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("audit_log")));
}

}  // namespace
}  // namespace openvidu::token
