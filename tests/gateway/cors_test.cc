#include "gateway/cors.h"

#include <gmock/gmock.h>

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

TEST(CorsTest, RefusesWhatIsNoOrigin) {
  for (const char* list : {"", "app.example", "https://app.example/", "https://", "*,https://a",
                           "https://a,*", "https://a b"}) {
    EXPECT_THAT(Cors::Create(list), StatusIs(absl::StatusCode::kInvalidArgument)) << list;
  }
}

}  // namespace
}  // namespace openvidu::token
