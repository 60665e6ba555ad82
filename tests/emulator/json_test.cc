#include "emulator/json.h"

#include <gtest/gtest.h>

#include <string>

namespace openvidu::emulator {
namespace {

struct BodyCase {
  const char* name;
  std::string body;
  bool is_accepted;
};

std::string Nested(int depth) {
  return "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

class JsonToleranceTest : public testing::TestWithParam<BodyCase> {};

TEST_P(JsonToleranceTest, TakesWhatJacksonTakes) {
  EXPECT_EQ(ParseJson(GetParam().body).ok(), GetParam().is_accepted)
      << GetParam().body.substr(0, 100);
}

using std::string_literals::operator""s;

// openvidu-rest.md §1 "Bodies on POST with optional body".
INSTANTIATE_TEST_SUITE_P(
    Bodies, JsonToleranceTest,
    testing::Values(
        BodyCase{"Object", "{}", true}, BodyCase{"Null", "null", true},
        BodyCase{"White", " \r\n\t ", false}, BodyCase{"Truncated", "{\"a\":", false},
        BodyCase{"TrailingComma", "{\"a\":1,}", false}, BodyCase{"CommentBefore", "/**/{}", false},
        BodyCase{"CommentBehind", "{}//x", true}, BodyCase{"TextBehind", "{} x", true},
        BodyCase{"ObjectBehind", "{}{}", true}, BodyCase{"SingleQuotes", "{'a':1}", false},
        BodyCase{"UnquotedKey", "{a:1}", false}, BodyCase{"NotANumber", "{\"x\":NaN}", false},
        BodyCase{"Infinity", "{\"x\":Infinity}", false},
        BodyCase{"LeadingZero", "{\"x\":01}", false}, BodyCase{"Plus", "{\"x\":+1}", false},
        BodyCase{"Hex", "{\"x\":0x1}", false}, BodyCase{"PointAlone", "{\"x\":1.}", false},
        BodyCase{"HugeDouble", "{\"x\":1e999}", true},
        BodyCase{"RawControl", "{\"x\":\"\x01\"}", false},
        BodyCase{"RawNul", "{\"x\":\"\0\"}"s, false},
        BodyCase{"RawDelete", "{\"x\":\"\x7f\"}", true},
        BodyCase{"BadEscape", R"({"x":"\q"})", false},
        BodyCase{"HalfEscape", R"({"x":"\u12"})", false},
        BodyCase{"LoneSurrogate", R"({"x":"\ud800"})", true},
        BodyCase{"WordTooLong", "nullx", false},
        BodyCase{"InvalidUtf8", "{\"x\":\"\xff\xfe\"}", false},
        BodyCase{"OverlongUtf8", "{\"x\":\"\xc0\x80\"}", true},
        BodyCase{"ByteOrderMark", "\xef\xbb\xbf{}", true},
        BodyCase{"Utf16LittleEndian", "{\0}\0"s, true},
        BodyCase{"Utf16WithMark", "\xfe\xff\0{\0}"s, true},
        BodyCase{"Utf32BigEndian", "\0\0\0{\0\0\0}"s, true},
        BodyCase{"Utf32OddOrder", "\0\0\xff\xfe\0\0{\0"s, false},
        BodyCase{"Depth999", Nested(999), true}, BodyCase{"Depth1000", Nested(1000), false},
        BodyCase{"Digits1000", "{\"x\":" + std::string(1000, '1') + "}", true},
        BodyCase{"Digits1001", "{\"x\":" + std::string(1001, '1') + "}", false},
        BodyCase{"String20M", "\"" + std::string(20'000'000, 'a') + "\"", true},
        BodyCase{"StringOver20M", "\"" + std::string(20'000'001, 'a') + "\"", false}),
    [](const testing::TestParamInfo<BodyCase>& row) { return row.param.name; });

TEST(JsonTest, OfEqualKeysTheLastOneCounts) {
  const absl::StatusOr<Json> json = ParseJson(R"({"a":1,"b":2,"a":"x"})");
  ASSERT_TRUE(json.ok());
  ASSERT_EQ(json->members().size(), 2);
  EXPECT_EQ(json->members()[0].first, "a");
  EXPECT_EQ(json->Find("a")->text(), "x");
}

TEST(JsonTest, NumbersKeepTheirLiteral) {
  const absl::StatusOr<Json> json = ParseJson("[12345678901234567890, 1.5, -0]");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->elements()[0].text(), "12345678901234567890");
  EXPECT_EQ(json->elements()[1].kind(), Json::Kind::kDouble);
  EXPECT_EQ(json->elements()[2].text(), "0");
}

TEST(JsonTest, JoinsSurrogatesAndReplacesLoneOnes) {
  const absl::StatusOr<Json> json = ParseJson(R"(["\ud83d\ude00","\ud800x","\ude00"])");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->elements()[0].text(), "\xf0\x9f\x98\x80");
  EXPECT_EQ(json->elements()[1].text(), "?x");
  EXPECT_EQ(json->elements()[2].text(), "?");
}

TEST(JsonTest, ReadsEveryEncodingAlike) {
  std::string wide;
  for (const char c : std::string("{\"a\":\"b\"}")) wide += {'\0', '\0', '\0', c};
  const absl::StatusOr<Json> json = ParseJson(wide);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->Find("a")->text(), "b");
}

TEST(JsonTest, WritesStringsAsGsonDoes) {
  EXPECT_EQ(JsonString("<a&b'=>\"\\\n\t\x01\x7f\xe2\x80\xa8\xc3\xa9"),
            "\"<a&b'=>\\\"\\\\\\n\\t\\u0001\x7f\\u2028\xc3\xa9\"");
}

}  // namespace
}  // namespace openvidu::emulator
