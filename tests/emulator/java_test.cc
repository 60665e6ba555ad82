#include "emulator/java.h"

#include <gtest/gtest.h>

#include "emulator/gson_element.h"

namespace openvidu::emulator {
namespace {

TEST(JavaTest, WritesDoublesAsJavaDoes) {
  EXPECT_EQ(JavaDoubleText(1.5), "1.5");
  EXPECT_EQ(JavaDoubleText(100), "100.0");
  EXPECT_EQ(JavaDoubleText(1e300), "1.0E300");
  EXPECT_EQ(JavaDoubleText(12345678), "1.2345678E7");
  EXPECT_EQ(JavaDoubleText(1e-5), "1.0E-5");
  EXPECT_EQ(JavaDoubleText(-0.5), "-0.5");
}

TEST(JavaTest, IntegerLiteralsWrapAndFractionsAreClamped) {
  EXPECT_EQ(JavaIntValue(Json::Integer("3000000000")), -1294967296);
  EXPECT_EQ(JavaIntValue(Json::Integer("12345678901234567890")), -350287150);
  EXPECT_EQ(JavaIntValue(Json::Double(1e12)), 2147483647);
  EXPECT_EQ(JavaIntValue(Json::Double(-1e300)), -2147483648);
  EXPECT_EQ(JavaIntValue(Json::Double(1.9)), 1);
  EXPECT_EQ(JavaLongValue(Json::Double(1e300)), 9223372036854775807);
}

TEST(JavaTest, NamesTheClassesOfACast) {
  const auto from = [](const char* text, JavaTypes types) {
    const std::string message = CastMessage(*ParseJson(text), "java.lang.String", types);
    return message.substr(6, message.find(' ', 6) - 6);
  };
  EXPECT_EQ(from("[1]", JavaTypes::kJackson), "java.util.ArrayList");
  EXPECT_EQ(from("{}", JavaTypes::kJackson), "java.util.LinkedHashMap");
  EXPECT_EQ(from("{}", JavaTypes::kGson), "com.google.gson.internal.LinkedTreeMap");
  EXPECT_EQ(from("[1]", JavaTypes::kGson), "java.util.ArrayList");
  EXPECT_EQ(from("true", JavaTypes::kJackson), "java.lang.Boolean");
}

TEST(JavaTest, IntegersAreOfTheSmallestClassThatHoldsThem) {
  const auto message = [](const char* digits) {
    return CastMessage(Json::Integer(digits), "java.lang.String", JavaTypes::kJackson);
  };
  EXPECT_EQ(message("2147483647").find("class java.lang.Integer "), 0U);
  EXPECT_EQ(message("2147483648").find("class java.lang.Long "), 0U);
  EXPECT_EQ(message("9223372036854775808").find("class java.math.BigInteger "), 0U);
}

TEST(GsonElementTest, AnArrayOfOneStandsForItsElement) {
  EXPECT_EQ(*GsonAsInt(*ParseJson("[[\"7\"]]")), 7);
  EXPECT_EQ(*GsonAsString(*ParseJson("[1.5]")), "1.5");
  EXPECT_EQ(GsonAsInt(*ParseJson("[]")).status().message(),
            "Array must have size 1, but has size 0");
  EXPECT_EQ(GsonAsInt(*ParseJson("[null]")).status().message(), "JsonNull");
  EXPECT_EQ(GsonAsString(*ParseJson("{}")).status().message(), "JsonObject");
}

TEST(GsonElementTest, ParsesIntegersAsJavaDoes) {
  EXPECT_EQ(*JavaParseInt("+5"), 5);
  EXPECT_EQ(*JavaParseInt("-2147483648"), -2147483648);
  for (const char* bad : {"", "+", "1.5", " 1", "2147483648", "x"})
    EXPECT_FALSE(JavaParseInt(bad).ok()) << bad;
  EXPECT_EQ(JavaParseInt("x").status().message(), "For input string: \"x\"");
}

}  // namespace
}  // namespace openvidu::emulator
