#include "gateway/cors.h"

#include <gmock/gmock.h>

#include <vector>

#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

httplib::Request From(const std::string& origin) {
  httplib::Request request;
  request.method = "OPTIONS";
  request.headers = {{"Origin", origin},
                     {"Access-Control-Request-Method", "POST"},
                     {"Access-Control-Request-Headers", "content-type"}};
  return request;
}

TEST(CorsTest, AnyOriginByDefaultAsTheSamplesDo) {
  const absl::StatusOr<Cors> cors = Cors::Create("*");
  ASSERT_THAT(cors, IsOk());
  httplib::Response response;
  EXPECT_TRUE(Cors::IsPreflight(From("https://a.example")));
  cors->Allow(From("https://a.example"), response);
  cors->AnswerPreflight(From("https://a.example"), "POST", response);
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.get_header_value("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(response.get_header_value("Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(response.get_header_value("Access-Control-Allow-Headers"), "content-type");
  EXPECT_FALSE(response.has_header("Access-Control-Allow-Credentials"));
}

TEST(CorsTest, AnAllowListNamesTheOriginAndVaries) {
  const absl::StatusOr<Cors> cors = Cors::Create("https://app.example, http://localhost:8080");
  ASSERT_THAT(cors, IsOk());
  httplib::Response allowed;
  cors->Allow(From("http://localhost:8080"), allowed);
  EXPECT_EQ(allowed.get_header_value("Access-Control-Allow-Origin"), "http://localhost:8080");
  EXPECT_EQ(allowed.get_header_value("Vary"), "Origin");
  for (const char* origin :
       {"https://evil.example", "https://app.example.evil", "null", "http://app.example", ""}) {
    httplib::Response refused;
    cors->Allow(From(origin), refused);
    cors->AnswerPreflight(From(origin), "POST", refused);
    EXPECT_FALSE(refused.has_header("Access-Control-Allow-Origin")) << origin;
    EXPECT_FALSE(refused.has_header("Access-Control-Allow-Methods")) << origin;
    EXPECT_EQ(refused.get_header_value("Vary"), "Origin");
  }
}

struct OriginRow {
  const char* name;
  const char* allowed;
  const char* origin;
  bool matches;
};

class CorsOriginTest : public testing::TestWithParam<OriginRow> {};

TEST_P(CorsOriginTest, Matches) {
  const OriginRow& row = GetParam();
  const absl::StatusOr<Cors> cors = Cors::Create(row.allowed);
  ASSERT_THAT(cors, IsOk());
  httplib::Response response;
  cors->Allow(From(row.origin), response);
  cors->AnswerPreflight(From(row.origin), "POST", response);
  EXPECT_EQ(response.get_header_value("Access-Control-Allow-Origin"),
            row.matches ? row.origin : "");
  EXPECT_EQ(response.has_header("Access-Control-Allow-Headers"), row.matches);
  EXPECT_EQ(response.get_header_value("Vary"), "Origin");
  EXPECT_FALSE(response.has_header("Access-Control-Allow-Credentials"));
}

constexpr char kWildcard[] = "https://*.example.com";
constexpr char kWildcardWithPort[] = "http://*.example.com:8080";

INSTANTIATE_TEST_SUITE_P(
    , CorsOriginTest,
    testing::ValuesIn(std::vector<OriginRow>{
        {"Exact", "https://example.com", "https://example.com", true},
        {"ExactOtherCase", "https://Example.com", "https://EXAMPLE.com", true},
        {"ExactDefaultPort", "https://example.com:443", "https://example.com", true},
        {"ExactDefaultPortOfHttp", "http://example.com:80", "http://example.com", true},
        {"ExactOtherDefaultPort", "https://example.com:80", "https://example.com", false},
        {"ExactOtherPort", "https://example.com", "https://example.com:8443", false},
        {"ExactSubdomain", "https://example.com", "https://a.example.com", false},
        {"ExactIpv6", "http://[::1]:8080", "http://[::1]:8080", true},
        {"Second", "https://a.com, https://*.b.com", "https://x.b.com", true},
        {"OneLabel", kWildcard, "https://a.example.com", true},
        {"TwoLabels", kWildcard, "https://a.b.example.com", true},
        {"OtherCase", kWildcard, "https://A.Example.COM", true},
        {"Apex", kWildcard, "https://example.com", false},
        {"EmptyLabel", kWildcard, "https://.example.com", false},
        {"TwoDots", kWildcard, "https://a..example.com", false},
        {"LeadingDot", kWildcard, "https://.a.example.com", false},
        {"NameThatEndsAlike", kWildcard, "https://evilexample.com", false},
        {"NameThatGoesOn", kWildcard, "https://a.example.com.evil.org", false},
        {"UserInfo", kWildcard, "https://evil.org@a.example.com", false},
        {"Path", kWildcard, "https://evil.org/a.example.com", false},
        {"Query", kWildcard, "https://evil.org?.example.com", false},
        {"PortInFront", kWildcard, "https://evil.org:80.example.com", false},
        {"TheAsteriskItself", kWildcard, "https://*.example.com", false},
        {"OtherScheme", kWildcard, "http://a.example.com", false},
        {"AnyPort", kWildcard, "https://a.example.com:8443", false},
        {"SamePort", kWildcardWithPort, "http://a.example.com:8080", true},
        {"OtherPort", kWildcardWithPort, "http://a.example.com:8081", false},
        {"NoPort", kWildcardWithPort, "http://a.example.com", false},
        {"Null", kWildcard, "null", false},
        {"Nothing", kWildcard, "", false}}),
    [](const auto& row) { return row.param.name; });

TEST(CorsTest, APageMaySendTheHeadersThatTheApiReads) {
  const absl::StatusOr<Cors> cors = Cors::Create("https://*.example.com");
  ASSERT_THAT(cors, IsOk());
  constexpr char kHeaders[] =
      "authorization,content-type,grpc-timeout,idempotency-key,x-request-id";
  httplib::Request request = From("https://a.example.com");
  request.headers.erase("Access-Control-Request-Headers");
  request.headers.emplace("Access-Control-Request-Headers", kHeaders);
  httplib::Response response;
  cors->AnswerPreflight(request, "POST", response);
  EXPECT_EQ(response.get_header_value("Access-Control-Allow-Headers"), kHeaders);
}

TEST(CorsTest, RefusesWhatIsNoOrigin) {
  for (const char* list : {"",
                           "app.example",
                           "https://app.example/",
                           "https://",
                           "*,https://a",
                           "https://a,*",
                           "https://a b",
                           "https://*",
                           "https://*.",
                           "https://a.*.example",
                           "https://*a.example",
                           "https://*.*.example",
                           "*.example",
                           "https://*.[::1]",
                           "https://a:",
                           "https://a:0",
                           "https://a:65536",
                           "https://a:+1",
                           "https://[::1",
                           "https://.a",
                           "https://a.",
                           "ftp://a",
                           "https://u@a"}) {
    EXPECT_THAT(Cors::Create(list), StatusIs(absl::StatusCode::kInvalidArgument)) << list;
  }
}

}  // namespace
}  // namespace openvidu::token
