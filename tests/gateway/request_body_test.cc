#include "gateway/request_body.h"

#include <gmock/gmock.h>

#include "openvidu/token/v1/token_service.pb.h"
#include "proto/json_mapping.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

absl::StatusOr<std::string> Read(const char* content_type, const std::string& body,
                                 const char* encoding = nullptr) {
  httplib::Request request;
  if (content_type != nullptr) request.headers.emplace("Content-Type", content_type);
  if (encoding != nullptr) request.headers.emplace("Content-Encoding", encoding);
  request.body = body;
  v1::ConnectionProperties properties;
  if (absl::Status status = ReadProperties(request, properties); !status.ok()) return status;
  return PropertiesToJson(properties);
}

TEST(RequestBodyTest, JsonIsReadWhateverItIsCalled) {
  for (const char* type : {static_cast<const char*>(nullptr), "", "application/json",
                           "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\"",
                           "text/plain", "application/vnd.api+json"}) {
    EXPECT_THAT(Read(type, R"({"role":"SUBSCRIBER"})"), IsOkAndHolds(R"({"role":"SUBSCRIBER"})"))
        << type;
  }
}

TEST(RequestBodyTest, NoBodyIsNoPropertiesWhateverTheType) {
  EXPECT_THAT(Read("image/png", ""), IsOkAndHolds("{}"));
  EXPECT_THAT(Read("application/x-www-form-urlencoded", ""), IsOkAndHolds("{}"));
}

TEST(RequestBodyTest, AFormsTextBecomesWhatTheFieldHolds) {
  EXPECT_THAT(
      Read("application/x-www-form-urlencoded",
           "role=SUBSCRIBER&record=false&networkCache=500&data=5&kurentoOptions["
           "videoMaxRecvBandwidth]=7&future=1"),
      IsOkAndHolds(
          R"({"data":"5","record":false,"role":"SUBSCRIBER","kurentoOptions":{"videoMaxRecvBandwidth":7},)"
          R"("networkCache":500,"future":"1"})"));
  EXPECT_THAT(Read("application/x-www-form-urlencoded", "record=perhaps"),
              IsOkAndHolds(R"({"record":"perhaps"})"));
}

TEST(RequestBodyTest, JsonSentAsAFormIsJson) {  // what curl -d sends without a header
  EXPECT_THAT(Read("application/x-www-form-urlencoded", R"({"role":"SUBSCRIBER"})"),
              IsOkAndHolds(R"({"role":"SUBSCRIBER"})"));
}

TEST(RequestBodyTest, OtherTypesCharsetsAndEncodingsAreUnsupported) {
  EXPECT_THAT(Read("multipart/form-data; boundary=x", "--x"),
              StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(Read("application/xml", "<a/>"), StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(Read("application/json; charset=utf-16", "{}"),
              StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(Read("application/json", "\x1f\x8b", "gzip"),
              StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(Read("application/json", "{}", "identity"), IsOkAndHolds("{}"));
}

TEST(RequestBodyTest, BrokenJsonIsInvalid) {
  EXPECT_THAT(Read("application/json", "{\"a\":"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Read(nullptr, "[1]"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace openvidu::token
