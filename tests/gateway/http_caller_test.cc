#include "gateway/http_caller.h"

#include <gmock/gmock.h>

#include "common/caller_fields.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

httplib::Request With(const httplib::Headers& headers) {
  httplib::Request request;
  request.remote_addr = "10.1.2.3";
  request.headers = headers;
  return request;
}

TEST(HttpCallerTest, AValidRequestIdIsKeptAndAnyOtherReplaced) {
  EXPECT_EQ(RequestIdOf(With({{"x-request-id", "web-7"}})), "web-7");
  for (const httplib::Headers& headers :
       std::vector<httplib::Headers>{{},
                                     {{"X-Request-Id", ""}},
                                     {{"X-Request-Id", "a b"}},
                                     {{"X-Request-Id", std::string(129, 'x')}},
                                     {{"X-Request-Id", "a"}, {"X-Request-Id", "b"}}}) {
    const std::string made = RequestIdOf(With(headers));
    EXPECT_THAT(made, MatchesRegex("[0-9a-f]{32}"));
    EXPECT_NE(made, RequestIdOf(With(headers)));
  }
}

TEST(HttpCallerTest, IsWhatTheRequestSays) {
  const auto caller =
      CallerOf(With({{"Authorization", "bearer a.b.c"}, {"X-Forwarded-For", "192.0.2.1"}}), "r-1",
               {"dns:a.example"}, TrustedProxies());
  EXPECT_EQ(caller->bearer_token, "a.b.c");
  EXPECT_EQ(caller->request_id, "r-1");
  EXPECT_EQ(caller->address, "10.1.2.3");
  EXPECT_THAT(caller->certificate_names, ElementsAre("dns:a.example"));
  EXPECT_EQ(ChallengeTo(*caller),
            R"(Bearer realm="openvidu-token-service", error="invalid_token")");
}

TEST(HttpCallerTest, WithoutCredentialsTheChallengeFindsNoFault) {
  const auto caller = CallerOf(With({}), "r-1", {}, TrustedProxies());
  EXPECT_EQ(caller->bearer_token, "");
  EXPECT_EQ(ChallengeTo(*caller), R"(Bearer realm="openvidu-token-service")");
}

TEST(HttpCallerTest, ACredentialOfAnotherSchemeOrTwoAreUnusable) {
  EXPECT_EQ(
      CallerOf(With({{"Authorization", "Basic YTpi"}}), "", {}, TrustedProxies())->bearer_token,
      kUnusableToken);
  EXPECT_EQ(CallerOf(With({{"Authorization", "Bearer a"}, {"Authorization", "Bearer b"}}), "", {},
                     TrustedProxies())
                ->bearer_token,
            kUnusableToken);
}

TEST(HttpCallerTest, ATrustedProxysCertificateIsNotItsClients) {
  const auto proxies = TrustedProxies::Parse("10.0.0.0/8");
  ASSERT_THAT(proxies, IsOk());
  const auto forwarded =
      CallerOf(With({{"X-Forwarded-For", "2001:db8::1"}}), "", {"dns:proxy.example"}, *proxies);
  EXPECT_EQ(forwarded->address, "2001:db8::1");
  EXPECT_THAT(forwarded->certificate_names, IsEmpty());
  const auto own = CallerOf(With({}), "", {"dns:client.example"}, *proxies);
  EXPECT_EQ(own->address, "10.1.2.3");
  EXPECT_THAT(own->certificate_names, ElementsAre("dns:client.example"));
}

}  // namespace
}  // namespace openvidu::token
