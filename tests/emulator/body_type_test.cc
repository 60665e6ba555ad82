#include <gtest/gtest.h>

#include "emulator/request_rules.h"

namespace openvidu::emulator {
namespace {

BodyType Classify(const char* content_type) {
  HttpRequest request;
  request.headers.push_back({"Content-Type", content_type});
  return ClassifyBodyType(request);
}

TEST(BodyTypeTest, TakesJsonInAnyDress) {
  for (const char* type :
       {"application/json", "APPLICATION/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-16\"", "application/json; q=0.5", "application/json;",
        "application/vnd.x+json", "application/problem+json; charset=windows-1252"}) {
    EXPECT_EQ(Classify(type), BodyType::kJson) << type;
  }
}

TEST(BodyTypeTest, RefusesTheRest) {
  for (const char* type :
       {"text/plain", "text/json", "json", "bogus", "application/json,text/plain",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
        "application/json; charset=bogus", "application/json; q=2", "*/json"}) {
    EXPECT_EQ(Classify(type), BodyType::kUnsupported) << type;
  }
  for (const char* type : {"*/*", "application/*", "application/*+json"}) {
    EXPECT_EQ(Classify(type), BodyType::kWildcard) << type;
  }
  EXPECT_EQ(Classify(""), BodyType::kNone);
  EXPECT_EQ(ClassifyBodyType(HttpRequest()), BodyType::kNone);
}

}  // namespace
}  // namespace openvidu::emulator
