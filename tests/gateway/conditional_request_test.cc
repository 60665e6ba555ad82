#include "gateway/conditional_request.h"

#include <gmock/gmock.h>

#include "http/http_date.h"

namespace openvidu::token {
namespace {

const Validators kVersion{"\"a-1\"", 784111777};  // Sun, 06 Nov 1994 08:49:37 GMT

httplib::Request Get(const httplib::Headers& headers) {
  httplib::Request request;
  request.method = "GET";
  request.headers = headers;
  return request;
}

TEST(HttpDateTest, IsReadAsItIsWritten) {
  EXPECT_EQ(FormatHttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  for (const char* wrong : {"", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
                            "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
                            "Sun Nov  6 08:49:37 1994", "784111777"}) {
    EXPECT_EQ(ParseHttpDate(wrong), std::nullopt) << wrong;
  }
}

TEST(HasVersionTest, ByETagAndElseByDate) {
  for (const char* held : {"\"a-1\"", "W/\"a-1\"", "\"x\", \"a-1\"", "\"x\",W/\"a-1\"", "*"}) {
    EXPECT_TRUE(HasVersion(Get({{"If-None-Match", held}}), kVersion)) << held;
  }
  const std::string date = FormatHttpDate(784111777);
  EXPECT_TRUE(HasVersion(Get({{"If-Modified-Since", date}}), kVersion));
  EXPECT_TRUE(HasVersion(Get({{"If-Modified-Since", FormatHttpDate(784111778)}}), kVersion));
  EXPECT_FALSE(HasVersion(Get({{"If-Modified-Since", FormatHttpDate(784111776)}}), kVersion));
  EXPECT_FALSE(HasVersion(Get({{"If-Modified-Since", "yesterday"}}), kVersion));
  EXPECT_FALSE(HasVersion(Get({}), kVersion));
  EXPECT_FALSE(HasVersion(Get({{"If-None-Match", "\"b\""}, {"If-Modified-Since", date}}), kVersion));
  EXPECT_FALSE(HasVersion(Get({{"If-Modified-Since", date}}), {"\"a\""}));
}

struct RangeRow {
  const char* range;
  ByteRange::Kind kind;
  uint64_t first = 0;
  uint64_t length = 0;
};

class RangeTest : public testing::TestWithParam<RangeRow> {};

TEST_P(RangeTest, OfTenBytes) {
  const ByteRange range = RangeOf(Get({{"Range", GetParam().range}}), kVersion, 10);
  EXPECT_EQ(range.kind, GetParam().kind);
  EXPECT_EQ(range.first, GetParam().first);
  EXPECT_EQ(range.length, GetParam().length);
}

using Kind = ByteRange::Kind;
INSTANTIATE_TEST_SUITE_P(
    , RangeTest,
    testing::Values(RangeRow{"bytes=0-3", Kind::kPart, 0, 4}, RangeRow{"bytes=4-", Kind::kPart, 4, 6},
                    RangeRow{"bytes=-3", Kind::kPart, 7, 3}, RangeRow{"bytes=-99", Kind::kPart, 0, 10},
                    RangeRow{"bytes=0-99", Kind::kPart, 0, 10}, RangeRow{"bytes=9-9", Kind::kPart, 9, 1},
                    RangeRow{"bytes=0-99999999999999999999999", Kind::kPart, 0, 10},
                    RangeRow{"bytes=10-", Kind::kNotSatisfiable},
                    RangeRow{"bytes=99999999999999999999999-", Kind::kNotSatisfiable},
                    RangeRow{"bytes=-0", Kind::kNotSatisfiable}, RangeRow{"bytes=3-2", Kind::kWhole},
                    RangeRow{"bytes=0-1,3-4", Kind::kWhole}, RangeRow{"bytes=-", Kind::kWhole},
                    RangeRow{"bytes=a-", Kind::kWhole}, RangeRow{"bytes=0-a", Kind::kWhole},
                    RangeRow{"bytes=+1-2", Kind::kWhole}, RangeRow{"lines=0-1", Kind::kWhole},
                    RangeRow{"", Kind::kWhole}));

TEST(RangeOfTest, AnEmptyContentHasNone) {
  EXPECT_EQ(RangeOf(Get({{"Range", "bytes=0-"}}), kVersion, 0).kind, Kind::kNotSatisfiable);
  EXPECT_EQ(RangeOf(Get({{"Range", "bytes=-5"}}), kVersion, 0).kind, Kind::kNotSatisfiable);
}

TEST(RangeOfTest, OnlyOfTheVersionThatTheClientHasPartsOf) {
  const auto kind = [](const std::string& if_range) {
    return RangeOf(Get({{"Range", "bytes=0-3"}, {"If-Range", if_range}}), kVersion, 10).kind;
  };
  EXPECT_EQ(kind("\"a-1\""), Kind::kPart);
  EXPECT_EQ(kind(FormatHttpDate(784111777)), Kind::kPart);
  EXPECT_EQ(kind("W/\"a-1\""), Kind::kWhole);
  EXPECT_EQ(kind("\"b\""), Kind::kWhole);
  EXPECT_EQ(kind(FormatHttpDate(784111778)), Kind::kWhole);
}

TEST(RangeOfTest, OfAGetAndOnceOnly) {
  httplib::Request head = Get({{"Range", "bytes=0-3"}});
  head.method = "HEAD";
  EXPECT_EQ(RangeOf(head, kVersion, 10).kind, Kind::kWhole);
  const httplib::Request two = Get({{"Range", "bytes=0-3"}, {"Range", "bytes=0-3"}});
  EXPECT_EQ(RangeOf(two, kVersion, 10).kind, Kind::kWhole);
}

}  // namespace
}  // namespace openvidu::token
