#include "proto/json_scanner.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/proto/scanned.h"

namespace openvidu::token {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace): a NUL within a text

TEST(JsonScannerTest, TellsWhatComesInItsOrder) {
  EXPECT_EQ(Scanned(R"( {"a" : [1, -2, 3.5, {"b":null}], "c":{}, "d":[[],true , false],"e":"f"} )"),
            "{ a: [ 1 -2 other { b: null } ] c: { } d: [ [ ] true false ] e: 'f' } ");
}

TEST(JsonScannerTest, TheTextCanBeOfAnyType) {
  EXPECT_EQ(Scanned("null"), "null ");
  EXPECT_EQ(Scanned(" true"), "true ");
  EXPECT_EQ(Scanned("\"\""), "'' ");
  EXPECT_EQ(Scanned("\r\n\t[ ]\n"), "[ ] ");
}

TEST(JsonScannerTest, IntegersAreThoseThatFit) {
  EXPECT_EQ(Scanned("-0"), "0 ");
  EXPECT_EQ(Scanned("9223372036854775807"), "9223372036854775807 ");
  EXPECT_EQ(Scanned("-9223372036854775808"), "-9223372036854775808 ");
  for (const char* const other : {"9223372036854775808", "-9223372036854775809", "0.0", "1e2",
                                  "1E+2", "1.5e-300", "1e-999", "-0.5E1"}) {
    EXPECT_EQ(Scanned(other), "other ") << other;
  }
}

TEST(JsonScannerTest, StringsAreDecoded) {
  EXPECT_EQ(Scanned(R"("\"\\\/\b\f\n\r\t")"), "'\"\\/\b\f\n\r\t' ");
  EXPECT_EQ(Scanned(R"("a\u0041\u00e9\u20AC\ud83d\ude00z")"), "'aA\u00e9\u20ac\U0001f600z' ");
  EXPECT_EQ(Scanned("\"\u00e9\u20ac\U0001f600\x7f\""), "'\u00e9\u20ac\U0001f600\x7f' ");
  EXPECT_EQ(Scanned(R"({"\u0000":"x"})"), "{ "s + '\0' + ": 'x' } ");
}

TEST(JsonScannerTest, WhatIsNoJsonIsRefused) {
  const std::string texts[] = {"",
                               " ",
                               "{",
                               "[",
                               "}",
                               "]",
                               "{]",
                               "[}",
                               "[1",
                               "[1,",
                               "[1,]",
                               "[,1]",
                               "[1 2]",
                               "[1],",
                               "{}{}",
                               R"({"a")",
                               R"({"a":)",
                               R"({"a":1)",
                               R"({"a":1,})",
                               R"({"a" 1})",
                               R"({a:1})",
                               R"({1:1})",
                               R"({"a":1 "b":2})",
                               R"({"a":1,,"b":2})",
                               "{,}",
                               "nul",
                               "nulll",
                               "True",
                               "NaN",
                               "Infinity",
                               "-",
                               "+1",
                               "01",
                               "-01",
                               "1.",
                               ".5",
                               "1e",
                               "1e+",
                               "0x1",
                               "1_0",
                               "1e999",
                               "-1e999",
                               "'a'",
                               "\"",
                               "\"a",
                               "\"\\\"",
                               R"("\x41")",
                               R"("\u12")",
                               R"("\u12g4")",
                               R"("\ud83d")",
                               R"("\ud83d\u0041")",
                               R"("\ude00")",
                               R"("\ud83dx")",
                               "\"\n\"",
                               "\"\x1f\"",
                               "\"\0\""s,
                               "{}\0"s,
                               "\0{}"s,
                               "// a\n{}",
                               "[1]/**/",
                               "\xEF\xBB\xBF{}",
                               "\"\x80\"",
                               "\"\xc0\x80\"",
                               "\"\xc1\xbf\"",
                               "\"\xe0\x9f\xbf\"",
                               "\"\xed\xa0\x80\"",
                               "\"\xf0\x8f\xbf\xbf\"",
                               "\"\xf4\x90\x80\x80\"",
                               "\"\xf5\x80\x80\x80\"",
                               "\"\xc3\"",
                               "\"\xe2\x82\"",
                               "\"\xf0\x9f\x98\"",
                               "\"\xe2\x82"};
  for (const std::string& text : texts) {
    EXPECT_THAT(Scanned(text), testing::EndsWith("!")) << text;
    // It is as strict as the library that reads what comes more seldom; that one takes a NUL for
    // the end, and skips a byte order mark.
    if (text.find('\0') == std::string::npos && text[0] != '\xEF') {
      EXPECT_FALSE(nlohmann::json::accept(text)) << text;
    }
  }
}

TEST(JsonScannerTest, DepthCostsNoStack) {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_EQ(Scanned(deep).size(), 2 * deep.size());
  EXPECT_THAT(Scanned(deep + "]"), testing::EndsWith("!"));
}

TEST(JsonScannerTest, TheHandlerCanEndIt) {
  class Ending final : public JsonHandler {
   public:
    bool Null() override { return true; }
    bool Boolean(bool /*value*/) override { return true; }
    bool Integer(int64_t value) override { return value != 2; }
    bool OtherNumber() override { return true; }
    bool String(absl::string_view /*value*/) override { return true; }
    bool StartObject() override { return true; }
    bool Key(absl::string_view /*name*/) override { return true; }
    bool EndObject() override { return true; }
    bool StartArray() override { return true; }
    bool EndArray() override { return true; }
  };
  Ending handler;
  EXPECT_TRUE(ScanJson("[1,3]", handler));
  EXPECT_FALSE(ScanJson("[1,2,3]", handler));
}

}  // namespace
}  // namespace openvidu::token
