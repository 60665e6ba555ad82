#include "emulator/http_head.h"

#include <gtest/gtest.h>

#include <string>

namespace openvidu::emulator {
namespace {

using State = HeadResult::State;

constexpr char kEnd[] = " HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(HttpHeadTest, ReadsALineAndHeaders) {
  const HeadResult head = ParseHead("\r\nPOST /a?b=c HTTP/1.1\nHost: x\nX:  1 \r\n 2\r\n\r\nrest");
  ASSERT_EQ(head.state, State::kComplete);
  EXPECT_EQ(head.request.method, "POST");
  EXPECT_EQ(head.request.path, "/a");
  EXPECT_EQ(head.request.query, "b=c");
  EXPECT_EQ(*head.request.Find("x"), "1 2");
  EXPECT_EQ(head.request.version, HttpVersion::kHttp11);
}

TEST(HttpHeadTest, WaitsForTheRest) {
  const std::string whole = std::string("GET /a") + kEnd;
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(ParseHead(whole.substr(0, size)).state, State::kIncomplete) << size;
  }
  EXPECT_EQ(ParseHead(whole).state, State::kComplete);
}

TEST(HttpHeadTest, RefusesIllegalCharacters) {
  for (const char c : std::string("|{}[]<>\"\\^`#\x7f\xc3")) {
    EXPECT_EQ(ParseHead(std::string("GET /a") + c + "b" + kEnd).state, State::kMalformed) << c;
    EXPECT_EQ(ParseHead(std::string("GET /a?") + c + kEnd).state, State::kMalformed) << c;
  }
  for (const char* text :
       {"hello\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n", "GET /a HTTP/1.1\r\nnocolon\r\n\r\n",
        "GET /a HTTP/1.1\r\nX : 1\r\n\r\n", "GET /a HTTP/1.1\r\nX: \x01\r\n\r\n",
        "GET /a http/1.1\r\n\r\n", "\x16\x03\x01"}) {
    EXPECT_EQ(ParseHead(text).state, State::kMalformed) << text;
  }
}

TEST(HttpHeadTest, ClosesOnThePrefaceOfHttp2) {
  EXPECT_EQ(ParseHead("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").state, State::kRefused);
}

TEST(HttpHeadTest, LimitsBytesAndHeaders) {
  const auto with_headers = [](int count) {
    std::string text = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < count; ++i) text += "X: v\r\n";
    return ParseHead(text + "\r\n").state;
  };
  EXPECT_EQ(with_headers(100), State::kComplete);
  EXPECT_EQ(with_headers(101), State::kMalformed);
  EXPECT_EQ(ParseHead("GET /" + std::string(8000, 'a') + kEnd).state, State::kComplete);
  EXPECT_EQ(ParseHead("GET /" + std::string(8192, 'a') + kEnd).state, State::kMalformed);
  EXPECT_EQ(ParseHead("GET /" + std::string(9000, 'a')).state, State::kMalformed);
}

struct CheckCase {
  const char* name;
  const char* head;
  int error;
};

class HeadCheckTest : public testing::TestWithParam<CheckCase> {};

TEST_P(HeadCheckTest, AnswersAsTomcat) {
  const HeadResult head = ParseHead(GetParam().head);
  ASSERT_EQ(head.state, State::kComplete);
  EXPECT_EQ(CheckHead(head.request).error, GetParam().error);
}

#define HEAD(rest) "POST /a HTTP/1.1\r\n" rest "\r\n"

// openvidu-rest.md §1, transcript 12.
INSTANTIATE_TEST_SUITE_P(
    Heads, HeadCheckTest,
    testing::Values(
        CheckCase{"Plain", HEAD("Host: a\r\n"), 0}, CheckCase{"EmptyHost", HEAD("Host: \r\n"), 0},
        CheckCase{"NoHost", HEAD(""), 400}, CheckCase{"NoHostOf10", "GET /a HTTP/1.0\r\n\r\n", 0},
        CheckCase{"TwoHosts", HEAD("Host: a\r\nHost: a\r\n"), 400},
        CheckCase{"Underscore", HEAD("Host: a_b\r\n"), 400},
        CheckCase{"HostWithSpace", HEAD("Host: a b\r\n"), 400},
        CheckCase{"Ipv6Host", HEAD("Host: [::1]:80\r\n"), 0},
        CheckCase{"OtherVersion", "GET /a HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        CheckCase{"Continue", HEAD("Host: a\r\nExpect: 100-Continue\r\n"), 0},
        CheckCase{"Expectation", HEAD("Host: a\r\nExpect: junk\r\n"), 417},
        CheckCase{"TwoLengths", HEAD("Host: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n"), 400},
        CheckCase{"NegativeLength", HEAD("Host: a\r\nContent-Length: -1\r\n"), 400},
        CheckCase{"LengthNoNumber", HEAD("Host: a\r\nContent-Length: x\r\n"), 400},
        CheckCase{"Gzip", HEAD("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n"), 501},
        CheckCase{"Chunked", HEAD("Host: a\r\nTransfer-Encoding: Chunked\r\n"), 0},
        CheckCase{"Connect", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        CheckCase{"OptionsStar", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        CheckCase{"GetStar", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        CheckCase{"Absolute", "GET http://a:1/b HTTP/1.1\r\nHost: a:1\r\n\r\n", 0},
        CheckCase{"AbsoluteOther", "GET http://b/b HTTP/1.1\r\nHost: a\r\n\r\n", 400}),
    [](const testing::TestParamInfo<CheckCase>& row) { return row.param.name; });

TEST(HttpHeadTest, LengthAndChunkedTogetherAreNotTrusted) {
  const RequestFraming framing = CheckHead(
      ParseHead(HEAD("Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n")).request);
  EXPECT_TRUE(framing.chunked);
  EXPECT_TRUE(framing.close_after);
}

TEST(HttpHeadTest, ChecksEscapesInPaths) {
  for (const char* path : {"/%", "/%2", "/%zz", "/%ff", "/%00", "/a%2Fb", "/a%5cb", "/../a", "a"}) {
    EXPECT_FALSE(IsAcceptablePath(path)) << path;
  }
  for (const char* path : {"/", "/a%20b", "/%C3%A9", "/a/../b", "/a//b", "/%2e%2e/a/../b"}) {
    EXPECT_EQ(IsAcceptablePath(path), std::string(path) != "/%2e%2e/a/../b") << path;
  }
}

}  // namespace
}  // namespace openvidu::emulator
