#include "emulator/request_rules.h"

#include <gtest/gtest.h>

#include "emulator/access_rules.h"
#include "emulator/basic_auth.h"
#include "emulator/login_sessions.h"
#include "emulator/routes.h"

namespace openvidu::emulator {
namespace {

HttpRequest With(const char* name, const char* value) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/openvidu/api/sessions";
  request.headers.push_back({name, value});
  return request;
}

TEST(QueryBooleanTest, ReadsWhatSpringReads) {
  for (const char* yes :
       {"b=true", "b=1", "b=YES", "b=on", "x=1&b=true&b=false", "b=%74rue", "b=+true+"}) {
    EXPECT_EQ(*QueryBoolean(yes, "b", false), true) << yes;
  }
  for (const char* no : {"b=false", "b=0", "b=No", "b=OFF"})
    EXPECT_EQ(*QueryBoolean(no, "b", true), false) << no;
  for (const char* unset : {"", "b", "b=", "B=foo", "x=%zz", "b=%zz"}) {
    EXPECT_EQ(*QueryBoolean(unset, "b", true), true) << unset;
    EXPECT_EQ(*QueryBoolean(unset, "b", false), false) << unset;
  }
  for (const char* bad : {"b=foo", "b=2", "b=truex"})
    EXPECT_FALSE(QueryBoolean(bad, "b", true).ok()) << bad;
}

TEST(FirewallTest, RefusesPathsThatCouldMeanAnother) {
  for (const char* path : {"//openvidu", "/a/./b", "/a/../b", "/a;x=1", "/a%3Bb", "/a%25b",
                           "/a/%2e%2e", "/a%0a", "/a/.."}) {
    EXPECT_FALSE(IsAllowedPath(path)) << path;
  }
  for (const char* path : {"/", "/a%20b", "/a+b", "/%C3%A9", "/a~b", "/a.b", "/%73essions"}) {
    EXPECT_TRUE(IsAllowedPath(path)) << path;
  }
}

TEST(BasicAuthTest, IsAsStrictAsSpring) {
  const std::pair<const char*, Credentials> cases[] = {
      {"Basic T1BFTlZJRFVBUFA6TVlfU0VDUkVU", Credentials::kAccepted},
      {"bAsIc T1BFTlZJRFVBUFA6TVlfU0VDUkVU ", Credentials::kAccepted},
      {"Basic b3BlbnZpZHVhcHA6TVlfU0VDUkVU", Credentials::kAccepted},  // openviduapp
      {"Basic T1BFTlZJRFVBUFA6bXlfc2VjcmV0", Credentials::kRejected},  // my_secret
      {"Basic T1BFTlZJRFVBUFA6", Credentials::kRejected},              // no password
      {"Basic  T1BFTlZJRFVBUFA6TVlfU0VDUkVU", Credentials::kBroken},   // two spaces
      {"Basic T1BFTlZJRFVBUFA=", Credentials::kBroken},                // no colon
      {"Basic !!!", Credentials::kBroken},
      {"Basic ", Credentials::kBroken},
      {"Bearer abc", Credentials::kNone},
  };
  for (const auto& [header, expected] : cases) {
    EXPECT_EQ(CheckBasicAuth(With("Authorization", header), "MY_SECRET"), expected) << header;
  }
  EXPECT_EQ(CheckBasicAuth(HttpRequest(), "MY_SECRET"), Credentials::kNone);
}

TEST(LoginSessionsTest, AKnownCookieIsNotReplaced) {
  LoginSessions sessions;
  const std::string cookie = sessions.CookieFor(With("Accept", "text/html"));
  EXPECT_EQ(cookie.substr(45), "; Path=/; HttpOnly");
  EXPECT_EQ(sessions.CookieFor(With("Cookie", cookie.substr(0, 45).c_str())), "");
  EXPECT_NE(sessions.CookieFor(With("Cookie", "OVJSESSIONID=ABC")), "");
}

TEST(LoginSessionsTest, ScriptsGetNone) {
  LoginSessions sessions;
  EXPECT_EQ(sessions.CookieFor(With("X-Requested-With", "XMLHttpRequest")), "");
  EXPECT_EQ(sessions.CookieFor(With("Accept", "application/json, text/plain, */*")), "");
  EXPECT_NE(sessions.CookieFor(With("Accept", "*/*")), "");
}

TEST(RoutesTest, KnowTheMethodsOfAPath) {
  EXPECT_EQ(AllowAfterWrongMethod(MatchRoute("PUT", "/sessions")), "GET, POST");
  EXPECT_EQ(AllowAfterWrongMethod(MatchRoute("PATCH", "/sessions/x/connection/y")), "DELETE, GET");
  EXPECT_EQ(AllowAfterOptions(MatchRoute("OPTIONS", "/recordings/start")),
            "POST,GET,HEAD,DELETE,OPTIONS");
  EXPECT_EQ(MatchRoute("HEAD", "/sessions").endpoint, Endpoint::kGetSessions);
  EXPECT_EQ(MatchRoute("HEAD", "/signal").endpoint, Endpoint::kWrongMethod);
  EXPECT_EQ(MatchRoute("GET", "/sessions/").endpoint, Endpoint::kNone);
  EXPECT_EQ(MatchRoute("GET", "/Sessions").endpoint, Endpoint::kNone);
  EXPECT_EQ(MatchRoute("POST", "/sessions/x/connection").name, "POST /sessions/{id}/connection");
}

TEST(AccessRulesTest, AliasesReachTheApi) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/api/sessions/x%20y";
  EXPECT_EQ(ApiPathOf(request), "/sessions/x y");
  request.path = "/config/openvidu-cdr";
  EXPECT_EQ(ApiPathOf(request), "/config/openvidu-cdr");
  EXPECT_EQ(AccessRuleOf(request), Access::kAuthenticated);
  request.method = "POST";
  EXPECT_EQ(AccessRuleOf(request), Access::kNobody);
  request.method = "HEAD";
  request.path = "/openvidu/api/config/openvidu-publicurl";
  EXPECT_EQ(AccessRuleOf(request), Access::kEverybody);
}

TEST(CorsTest, TheOwnOriginIsNoCrossOrigin) {
  HttpRequest request = With("Origin", "http://localhost:4443");
  request.headers.push_back({"Host", "localhost:4443"});
  EXPECT_FALSE(IsCrossOrigin(request));
  request.headers[0].value = "https://localhost:4443";
  EXPECT_TRUE(IsCrossOrigin(request));
  request.headers[0].value = "null";
  EXPECT_TRUE(IsCrossOrigin(request));
}

}  // namespace
}  // namespace openvidu::emulator
