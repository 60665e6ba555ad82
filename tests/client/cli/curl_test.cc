#include "client/cli/curl.h"

#include <gmock/gmock.h>

#include <array>
#include <cstdio>

#include "proto/json_mapping.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = CommandSpec::Kind;

/// What a real shell makes of `word`.
std::string AsShellSees(const std::string& word) {
  FILE* const shell = popen(("printf %s " + word).c_str(), "r");
  std::string out;
  std::array<char, 4096> buffer{};
  while (const size_t size = fread(buffer.data(), 1, buffer.size(), shell)) {
    out.append(buffer.data(), size);
  }
  EXPECT_EQ(pclose(shell), 0) << word;
  return out;
}

TEST(CurlTest, AShellReadsWhatWasQuoted) {
  for (const std::string text : {"plain", "", "~", "it's", "''", "$HOME `id` \\ \"x\" !! *",
                                 "a\nb\tc", "-n", "ä", "'\\''"}) {
    EXPECT_EQ(AsShellSees(ShellQuoted(text)), text);
  }
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(AsShellSees(ShellQuoted(all)), all);
}

CurlOptions Options() { return {.gateway_url = "http://host:5000/", .timeout = absl::Seconds(2)}; }

TEST(CurlTest, EachCallHasItsPathAndItsBody) {
  Call call{.kind = Kind::kInitSession};
  call.session.set_custom_session_id("room-1");
  EXPECT_THAT(CurlOf(call, Options()),
              IsOkAndHolds("curl -sS -X POST -H 'Content-Type: application/json' --max-time 2 "
                           "--data-raw '{\"customSessionId\":\"room-1\"}' "
                           "http://host:5000/api/sessions"));
  call = {.kind = Kind::kCreateConnection, .session_id = "a b/ä"};
  EXPECT_THAT(
      CurlOf(call, Options()),
      IsOkAndHolds(EndsWith("{}' http://host:5000/api/sessions/a%20b%2F%C3%A4/connections")));
  call.kind = Kind::kJoin;
  call.request_id = "r 1";
  call.session.set_media_mode(v1::MEDIA_MODE_ROUTED);
  call.connection.set_role(v1::ROLE_SUBSCRIBER);
  EXPECT_THAT(CurlOf(call, Options()),
              IsOkAndHolds(AllOf(HasSubstr("-H 'Idempotency-Key: r 1'"), EndsWith("/join"),
                                 HasSubstr(R"('{"mediaMode":"ROUTED","role":"SUBSCRIBER"}')"))));
  EXPECT_THAT(CurlOfHealth(Options()),
              IsOkAndHolds("curl -sS --max-time 2 http://host:5000/readyz"));
}

TEST(CurlTest, TheTokenIsNamedAndNotTold) {
  Call call{.kind = Kind::kInitSession};
  call.caller = std::make_shared<const Caller>(Caller{.bearer_token = "hush"});
  CurlOptions options = Options();
  options.has_token = true;
  EXPECT_THAT(CurlOf(call, options),
              IsOkAndHolds(AllOf(HasSubstr("-H \"Authorization: Bearer $TOKEN_AUTH_TOKEN\" "),
                                 Not(HasSubstr("hush")))));
  options.token_file = "it's $HOME";
  EXPECT_THAT(CurlOf(call, options),
              IsOkAndHolds(HasSubstr(R"_(-H "Authorization: Bearer $(cat 'it'\''s $HOME')" )_")));
}

TEST(CurlTest, WhatRestCannotSayIsAMistake) {
  Call call{.kind = Kind::kJoin, .session_id = "a"};
  ASSERT_THAT(PropertiesFromJson(R"({"future":12345678901234567890123})", call.session), IsOk());
  EXPECT_THAT(CurlOf(call, Options()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'future'")));
  ASSERT_THAT(PropertiesFromJson(R"({"future":12345678901234567890123})", call.connection), IsOk());
  EXPECT_THAT(CurlOf(call, Options()), IsOkAndHolds(HasSubstr("12345678901234567890123")));
  ASSERT_THAT(PropertiesFromJson(R"({"future":2})", call.connection), IsOk());
  EXPECT_THAT(CurlOf(call, Options()), StatusIs(absl::StatusCode::kInvalidArgument));
  call = {};
  EXPECT_THAT(CurlOf(call, {.gateway_url = "ftp://host"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--gateway_url")));
}

}  // namespace
}  // namespace openvidu::token
