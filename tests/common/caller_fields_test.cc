#include "common/caller_fields.h"

#include <gmock/gmock.h>

namespace openvidu::token {
namespace {

TEST(CallerFieldsTest, ABearerTokenIsTakenAsItIs) {
  EXPECT_EQ(BearerTokenOf({}), "");
  for (const char* value : {"Bearer a.b-c_d~e+f/g==", "bearer a.b-c_d~e+f/g==",
                            "BEARER   a.b-c_d~e+f/g==", " Bearer a.b-c_d~e+f/g== "}) {
    EXPECT_EQ(BearerTokenOf({value}), "a.b-c_d~e+f/g==") << value;
  }
  const std::string longest(kMaxBearerTokenBytes, 'a');
  EXPECT_EQ(BearerTokenOf({"Bearer " + longest}), longest);
}

TEST(CallerFieldsTest, AnyOtherCredentialIsNoAnonymousCaller) {
  const std::string too_long = "Bearer " + std::string(kMaxBearerTokenBytes + 1, 'a');
  for (const absl::string_view value :
       {absl::string_view(""), absl::string_view("Bearer"), absl::string_view("Bearer "),
        absl::string_view("Bearera.b.c"), absl::string_view("Basic YTpi"),
        absl::string_view("a.b.c"), absl::string_view("Bearer a b"),
        absl::string_view("Bearer a,Bearer b"), absl::string_view("Bearer ="),
        absl::string_view("Bearer a=b"), absl::string_view("Bearer a\0", 9),
        absl::string_view("Bearer a\r\nX: y"), absl::string_view("Bearer \xc3\xbc"),
        absl::string_view(too_long)}) {
    EXPECT_EQ(BearerTokenOf({value}), kUnusableToken) << value;
  }
  EXPECT_EQ(BearerTokenOf({"Bearer a", "Bearer a"}), kUnusableToken);
}

TEST(CallerFieldsTest, RequestIdsAreShortAndGraphic) {
  for (const std::string& id : {std::string("a"), std::string("!~"), std::string(128, 'x')}) {
    EXPECT_TRUE(IsRequestId(id)) << id;
  }
  for (const std::string& id :
       {std::string(), std::string("a b"), std::string("a\n"), std::string("\x7f"),
        std::string("\xc3\xbc"), std::string("a\0", 2), std::string(129, 'x')}) {
    EXPECT_FALSE(IsRequestId(id)) << id;
  }
}

TEST(CallerFieldsTest, AddressesHaveOneForm) {
  EXPECT_EQ(CanonicalAddress("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(CanonicalAddress("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(CanonicalAddress("2001:DB8:0::1"), "2001:db8::1");
  EXPECT_EQ(CanonicalAddress("fe80::1%eth0"), "fe80::1");
  for (const char* text : {"", "localhost", "192.0.2.1:80", "[::1]", "1.2.3", "a\nb"}) {
    EXPECT_EQ(CanonicalAddress(text), "") << text;
  }
}

}  // namespace
}  // namespace openvidu::token
