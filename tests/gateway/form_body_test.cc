#include "gateway/form_body.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

TEST(FormBodyTest, ReadsFieldsAsTheNodeSamplesParserDoes) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "{}"},
      {"customSessionId=form1", R"({"customSessionId":"form1"})"},
      {"data=a+b%26c%3D%C3%A9&role=", R"({"data":"a b&c=é","role":""})"},
      {"a", R"({"a":""})"},
      {"a=1&&b=2", R"({"a":"1","b":"2"})"},
      {"a=1&a=2", R"({"a":["1","2"]})"},
      {"a[]=1&a[]=2", R"({"a":["1","2"]})"},
      {"a[b][c]=1&a%5Bd%5D=2", R"({"a":{"b":{"c":"1"},"d":"2"}})"},
      {"a=%zz%", R"({"a":"%zz%"})"}};
  for (const auto& [form, json] : rows) {
    EXPECT_THAT(JsonFromForm(form), IsOkAndHolds(Json::parse(json))) << form;
  }
}

TEST(FormBodyTest, RefusesNamesThatMakeNoTree) {
  std::string many;
  for (int i = 0; i < 1001; ++i) absl::StrAppend(&many, "a", i, "=1&");
  for (const std::string& form :
       std::vector<std::string>{"=1", "a[=1", "a[b=1", "a[b]c=1", "a=1&a[b]=2", "a[b]=1&a=2",
                                "a[b][c][d][e][f][g]=1", many}) {
    EXPECT_THAT(JsonFromForm(form), StatusIs(absl::StatusCode::kInvalidArgument))
        << form.substr(0, 40);
  }
}

}  // namespace
}  // namespace openvidu::token
