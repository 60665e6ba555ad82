#include "http/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Small ones, so that tests can pass them by.
constexpr RequestLimits kLimits = {
    .max_head_bytes = 512, .max_target_bytes = 100, .max_headers = 8, .max_body_bytes = 64};

// Everything that a stream of bytes came to.
struct Outcome {
  std::vector<std::string> requests;  // "METHOD target body"
  int error = 0;
  bool idle = true;

  bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  for (const std::string& request : outcome.requests) out << "[" << request << "] ";
  return out << "error " << outcome.error << (outcome.idle ? " idle" : " waiting");
}

Outcome ReadIn(absl::string_view bytes, size_t piece) {
  RequestReader reader(&kLimits);
  Outcome outcome;
  while (!bytes.empty() && outcome.error == 0) {
    RequestReader::Result result = reader.Feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (result == RequestReader::Result::kRequest) {
      const HttpRequest request = reader.TakeRequest();
      outcome.requests.push_back(
          absl::StrCat(request.method, " ", request.target, " ", request.body));
      result = reader.Feed({});
    }
    if (result == RequestReader::Result::kError) outcome.error = reader.error_status();
  }
  outcome.idle = outcome.error == 0 && reader.idle();
  return outcome;
}

// The same however the stream is cut.
Outcome ReadAll(const std::string& bytes) {
  const Outcome whole = ReadIn(bytes, std::string::npos);
  for (const size_t piece : {1, 2, 3, 7, 64}) EXPECT_EQ(ReadIn(bytes, piece), whole) << piece;
  return whole;
}

// The one complete request of `bytes`.
HttpRequest ReadOne(absl::string_view bytes) {
  RequestReader reader(&kLimits);
  EXPECT_EQ(reader.Feed(bytes), RequestReader::Result::kRequest) << reader.error_detail();
  return reader.TakeRequest();
}

struct Refusal {
  const char* name;
  std::string bytes;
  int status;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

std::string Post(absl::string_view headers, absl::string_view body = "") {
  return absl::StrCat("POST /a HTTP/1.1\r\nHost: h\r\n", headers, "\r\n", body);
}

std::string Get(absl::string_view target) {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n\r\n");
}

std::string Chunked(absl::string_view chunks) {
  return Post("Transfer-Encoding: chunked\r\n", chunks);
}

std::string Repeat(absl::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) absl::StrAppend(&all, text);
  return all;
}

class RefusalTest : public testing::TestWithParam<Refusal> {};

TEST_P(RefusalTest, HasItsStatusAndNoRequestComesOfIt) {
  const Outcome outcome = ReadAll(GetParam().bytes + Get("/smuggled"));
  EXPECT_THAT(outcome.requests, IsEmpty());
  EXPECT_EQ(outcome.error, GetParam().status);
}

const Refusal kRefusals[] = {
    // Two ways to say where the body ends.
    {"LengthAndChunked", Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
     400},
    {"ChunkedAndLength", Post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
     400},
    {"TwoLengths", Post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), 400},
    {"TwoEqualLengths", Post("Content-Length: 1\r\nContent-Length: 1\r\n", "a"), 400},
    {"TwoLengthsOfOtherCase", Post("Content-Length: 1\r\ncontent-length: 1\r\n", "a"), 400},
    {"LengthList", Post("Content-Length: 1, 1\r\n", "a"), 400},
    {"LengthWithPlus", Post("Content-Length: +1\r\n", "a"), 400},
    {"LengthNegative", Post("Content-Length: -1\r\n"), 400},
    {"LengthHexadecimal", Post("Content-Length: 0x1\r\n", "a"), 400},
    {"LengthWithBlankInside", Post("Content-Length: 1 1\r\n", "a"), 400},
    {"LengthFraction", Post("Content-Length: 1.0\r\n", "a"), 400},
    {"LengthEmpty", Post("Content-Length:\r\n"), 400},
    {"LengthInArabicDigits", Post("Content-Length: \xD9\xA1\r\n", "a"), 400},
    {"LengthOverflow", Post("Content-Length: 18446744073709551617\r\n", "a"), 413},
    {"LengthAtOverLimit", Post("Content-Length: 65\r\n"), 413},
    // Transfer-Encodings that some server takes for chunked and another does not.
    {"CodingUnknown", Post("Transfer-Encoding: gzip\r\n"), 501},
    {"CodingIdentity", Post("Transfer-Encoding: identity\r\n"), 501},
    {"CodingXChunked", Post("Transfer-Encoding: xchunked\r\n"), 501},
    {"CodingGzipThenChunked", Post("Transfer-Encoding: gzip, chunked\r\n"), 501},
    {"CodingChunkedThenIdentity", Post("Transfer-Encoding: chunked, identity\r\n"), 501},
    {"CodingTwiceInAList", Post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400},
    {"CodingTwiceInTwoLines",
     Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"CodingIdentityInASecondLine",
     Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), 400},
    {"CodingEmpty", Post("Transfer-Encoding:\r\n"), 400},
    {"CodingWithComma", Post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n"), 400},
    {"CodingWithParameter", Post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), 400},
    {"CodingQuoted", Post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400},
    {"CodingAfterVerticalTab",
     Post("Transfer-Encoding: \x0B"
          "chunked\r\n",
          "0\r\n\r\n"),
     400},
    {"CodingBeforeNul", Post(absl::string_view("Transfer-Encoding: chunked\0\r\n", 29)), 400},
    {"CodingWithBlankBeforeColon", Post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
    {"CodingWithTabBeforeColon", Post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"), 400},
    {"CodingFolded", Post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
    {"CodingAfterBareLf", Post("X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"CodingAfterBareCr", Post("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"CodingOnHttp10", "POST /a HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400},
    // Chunks.
    {"ChunkSizeWithPlus", Chunked("+1\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeNegative", Chunked("-1\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeWithPrefix", Chunked("0x1\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeEmpty", Chunked("\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeAfterBlank", Chunked(" 1\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeBeforeBlank", Chunked("1 \r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeWithUnderscore", Chunked("0_1\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeOf17Digits", Chunked("00000000000000001\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeOverflow", Chunked("10000000000000001\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkSizeOf64Bits", Chunked("ffffffffffffffff\r\na\r\n0\r\n\r\n"), 413},
    {"ChunkSizeWithBareLf", Chunked("1\na\r\n0\r\n\r\n"), 400},
    {"ChunkShorterThanSaid", Chunked("2\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkLongerThanSaid", Chunked("1\r\nab\r\n0\r\n\r\n"), 400},
    {"ChunkEndsInBareLf", Chunked("1\r\na\n0\r\n\r\n"), 400},
    {"ChunkExtensionWithBareCr", Chunked("1;a\rb\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkExtensionTooLong", Chunked("1;" + std::string(300, 'x') + "\r\na\r\n0\r\n\r\n"), 400},
    {"ChunkExtensionsTooLong", Chunked(Repeat("1;" + std::string(200, 'x') + "\r\na\r\n", 30)),
     400},
    {"ChunksOverTheLimit", Chunked(Repeat("10\r\n0123456789abcdef\r\n", 5)), 413},
    {"TrailersTooLong", Chunked("0\r\n" + Repeat("X: " + std::string(90, 'x') + "\r\n", 60)), 431},
    {"TrailerMalformed", Chunked("0\r\nGET / HTTP/1.1\r\n\r\n"), 400},
    {"TrailerWithBareLf", Chunked("0\r\nX: y\n\r\n"), 400},
    // The head.
    {"BareLfAfterRequestLine", "GET /a HTTP/1.1\nHost: h\r\n\r\n", 400},
    {"BareLfAfterHeader", "GET /a HTTP/1.1\r\nHost: h\n\r\n", 400},
    {"BareLfAtHeadEnd", "GET /a HTTP/1.1\r\nHost: h\r\n\n", 400},
    {"BareLfFirst", "\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"BareCrInRequestLine", "GET /a\r HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"TwoEmptyLinesFirst", "\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"BlankFirst", " GET /a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"TwoBlanksAfterMethod", "GET  /a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"TabAfterMethod", "GET\t/a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"TwoBlanksBeforeVersion", "GET /a  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"BlankAfterVersion", "GET /a HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
    {"NoTarget", "GET HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"NoVersion", "GET /a\r\nHost: h\r\n\r\n", 400},
    {"VersionInLowerCase", "GET /a http/1.1\r\nHost: h\r\n\r\n", 400},
    {"VersionOfTwoDigits", "GET /a HTTP/1.10\r\nHost: h\r\n\r\n", 400},
    {"Version09", "GET /a HTTP/0.9\r\nHost: h\r\n\r\n", 505},
    {"Version12", "GET /a HTTP/1.2\r\nHost: h\r\n\r\n", 505},
    {"Version2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"TlsHello", "\x16\x03\x01\x02", 400},
    {"MethodWithColon", "GE:T /a HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"MethodConnect", "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", 501},
    {"TargetRelative", Get("a"), 400},
    {"TargetAsterisk", Get("*"), 400},
    {"TargetWithFragment", Get("/a#b"), 400},
    {"TargetNotAscii", Get("/\xC3\xA9"), 400},
    {"TargetWithDelete", Get("/\x7F"), 400},
    {"TargetOfOtherScheme", Get("ftp://h/a"), 400},
    {"TargetWithoutAuthority", Get("http:///a"), 400},
    {"TargetWithUserinfo", Get("http://u@h/a"), 400},
    {"TargetTooLong", Get("/" + std::string(100, 'a')), 414},
    {"TargetEndless", "GET /" + std::string(1000, 'a'), 414},
    {"MethodEndless", std::string(1000, 'G'), 414},
    {"HostMissing", "GET /a HTTP/1.1\r\n\r\n", 400},
    {"HostTwice", "GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400},
    {"HostTwiceOnHttp10", "GET /a HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n", 400},
    {"HostList", "GET /a HTTP/1.1\r\nHost: h, i\r\n\r\n", 400},
    {"HostWithPath", "GET /a HTTP/1.1\r\nHost: h/a\r\n\r\n", 400},
    {"HostWithUserinfo", "GET /a HTTP/1.1\r\nHost: u@h\r\n\r\n", 400},
    {"HeaderFirstFolded", "GET /a HTTP/1.1\r\n Host: h\r\n\r\n", 400},
    {"HeaderFolded", Post("X: y\r\n\tz\r\n"), 400},
    {"HeaderWithoutColon", Post("X\r\n"), 400},
    {"HeaderWithoutName", Post(": y\r\n"), 400},
    {"HeaderNameWithBlank", Post("X Y: z\r\n"), 400},
    {"HeaderNameNotAscii", Post("X\xC3\xA9: z\r\n"), 400},
    {"HeaderValueWithNul", Post(absl::string_view("X: a\0b\r\n", 8)), 400},
    {"HeaderValueWithEscape", Post("X: \x1B[2J\r\n"), 400},
    {"HeaderValueWithDelete", Post("X: \x7F\r\n"), 400},
    {"HeadersTooMany", Post(Repeat("X: y\r\n", 8)), 431},
    {"HeaderEndless", "GET /a HTTP/1.1\r\nX: " + std::string(1000, 'a'), 431},
    {"HeadersTooLong", Post(Repeat("X: " + std::string(90, 'x') + "\r\n", 6)), 431},
    {"ExpectationUnknown", Post("Expect: 200-ok\r\nContent-Length: 1\r\n", "a"), 417},
    {"ExpectationAndTooLarge", Post("Expect: 100-continue\r\nContent-Length: 65\r\n"), 413},
};

INSTANTIATE_TEST_SUITE_P(All, RefusalTest, testing::ValuesIn(kRefusals),
                         [](const auto& test) { return test.param.name; });

struct Accepted {
  const char* name;
  std::string bytes;
  std::string request;
};

void PrintTo(const Accepted& accepted, std::ostream* out) { *out << accepted.name; }

class AcceptedTest : public testing::TestWithParam<Accepted> {};

TEST_P(AcceptedTest, IsReadAndSoIsTheNextRequest) {
  const Outcome outcome = ReadAll(GetParam().bytes + Get("/next"));
  EXPECT_THAT(outcome.requests, ElementsAre(GetParam().request, "GET /next "));
  EXPECT_EQ(outcome.error, 0);
  EXPECT_TRUE(outcome.idle);
}

const Accepted kAccepted[] = {
    {"Get", Get("/a"), "GET /a "},
    {"TargetIsNotDecoded", Get("/a%2Fb/?q=%20?&r"), "GET /a%2Fb/?q=%20?&r "},
    {"TargetAsLongAsAllowed", Get("/" + std::string(99, 'a')),
     "GET /" + std::string(99, 'a') + " "},
    {"EmptyLineFirst", "\r\n" + Get("/a"), "GET /a "},
    {"PostWithoutLength", Post(""), "POST /a "},
    {"PostOfLengthZero", Post("Content-Length: 0\r\n"), "POST /a "},
    {"PostWithLength", Post("Content-Length: 3\r\n", "abc"), "POST /a abc"},
    {"PostAsLongAsAllowed", Post("Content-Length: 64\r\n", std::string(64, 'b')),
     "POST /a " + std::string(64, 'b')},
    {"BodyThatLooksLikeARequest",
     Post("Content-Length: 30\r\n", "GET /x HTTP/1.1\r\nHost: h\r\n\r\n--"),
     "POST /a GET /x HTTP/1.1\r\nHost: h\r\n\r\n--"},
    {"GetWithBody", "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab", "GET /a ab"},
    {"OptionsWithBody", "OPTIONS /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab",
     "OPTIONS /a ab"},
    {"DeleteWithChunks",
     "DELETE /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
     "DELETE /a a"},
    {"Chunks", Chunked("3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n"), "POST /a abc0123456789"},
    {"ChunkedInCapitals", Post("TRANSFER-ENCODING:CHUNKED\r\n", "0\r\n\r\n"), "POST /a "},
    {"ChunkExtensions", Chunked("1;a=b;c=\"d e\"\r\na\r\n0;x\r\n\r\n"), "POST /a a"},
    {"Trailers", Chunked("1\r\na\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n"), "POST /a a"},
    {"ChunksAsLongAsAllowed", Chunked("40\r\n" + std::string(64, 'c') + "\r\n000\r\n\r\n"),
     "POST /a " + std::string(64, 'c')},
    {"Http10WithoutHost", "GET /a HTTP/1.0\r\n\r\n", "GET /a "},
    {"Http10IgnoresExpectations", "POST /a HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\na",
     "POST /a a"},
    {"AbsoluteForm", Get("http://example.com:80/a?b"), "GET /a?b "},
    {"AbsoluteFormInCapitals", Get("HTTPS://[::1]:5000"), "GET / "},
    {"AbsoluteFormWithQueryOnly", Get("http://h?b"), "GET /?b "},
    {"AbsoluteFormOfOptions", "OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * "},
    {"OptionsAsterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * "},
    {"HostEmpty", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", "GET /a "},
    {"HostOfIpv6", "GET /a HTTP/1.1\r\nHost: [::1]:5000\r\n\r\n", "GET /a "},
    {"UnknownMethod", "BREW /a HTTP/1.1\r\nHost: h\r\n\r\n", "BREW /a "},
};

INSTANTIATE_TEST_SUITE_P(All, AcceptedTest, testing::ValuesIn(kAccepted),
                         [](const auto& test) { return test.param.name; });

// A short way to what a fuzzer finds: damaged requests must come to the same however they are cut,
// and a reader that took more than was sent would show in the request after it.
TEST(RequestReaderTest, DamagedRequestsAreReadAlikeHoweverTheyAreCut) {
  std::mt19937 random(1);  // NOLINT: the same requests each run
  const auto pick = [&](size_t below) {
    return std::uniform_int_distribution<size_t>(0, below - 1)(random);
  };
  const absl::string_view spice("\r\n \t:;,0aF/?*\0\x7F\xFF", 17);
  std::vector<std::string> seeds;
  for (const Refusal& refusal : kRefusals) seeds.push_back(refusal.bytes);
  for (const Accepted& accepted : kAccepted) seeds.push_back(accepted.bytes);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = seeds[pick(seeds.size())] + seeds[pick(seeds.size())];
    for (size_t edits = 1 + pick(3); edits > 0 && !bytes.empty(); --edits) {
      const size_t at = pick(bytes.size());
      switch (pick(3)) {
        case 0:
          bytes.erase(at, 1 + pick(3));
          break;
        case 1:
          bytes[at] = spice[pick(spice.size())];
          break;
        default:
          bytes.insert(at, 1, spice[pick(spice.size())]);
      }
    }
    const Outcome whole = ReadIn(bytes, std::string::npos);
    ASSERT_EQ(ReadIn(bytes, 1), whole) << bytes;
    ASSERT_EQ(ReadIn(bytes, 1 + pick(30)), whole) << bytes;
  }
}

TEST(RequestReaderTest, HeadersKeepTheirValuesAndUsedUpOnesAreGone) {
  const HttpRequest request = ReadOne(
      "POST /a HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nX-Raw: \t%0d%0aA: \"b\" \r\n"
      "Content-Length: 0\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_THAT(request.headers, ElementsAre(testing::Pair("Host", "h"), testing::Pair("Range", "bytes=0-1"),
                                           testing::Pair("X-Empty", ""),
                                           testing::Pair("X-Raw", "%0d%0aA: \"b\"")));
}

TEST(RequestReaderTest, AuthorityOfTheTargetOverridesHost) {
  EXPECT_EQ(ReadOne(Get("http://other:1/a")).headers.find("Host")->second, "other:1");
}

TEST(RequestReaderTest, KeepAliveFollowsVersionAndConnection) {
  const auto keeps = [](absl::string_view version, absl::string_view connection) {
    return ReadOne(absl::StrCat("GET / HTTP/", version, "\r\nHost: h\r\n", connection, "\r\n"))
        .keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_TRUE(keeps("1.1", "Connection: upgrade\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: x,\t Close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(keeps("1.0", "Connection: keep-alive, close\r\n"));
}

TEST(RequestReaderTest, ContinueIsDueOnceWhileABodyIsAwaited) {
  RequestReader reader(&kLimits);
  EXPECT_EQ(reader.Feed(Post("Expect: 100-Continue\r\nContent-Length: 2\r\n")),
            RequestReader::Result::kNeedMore);
  EXPECT_TRUE(reader.TakeContinue());
  EXPECT_FALSE(reader.TakeContinue());
  EXPECT_EQ(reader.Feed("ab"), RequestReader::Result::kRequest);
  EXPECT_EQ(reader.TakeRequest().body, "ab");
}

TEST(RequestReaderTest, ContinueIsNotDueWhenTheBodyHasBegun) {
  RequestReader reader(&kLimits);
  reader.Feed(Post("Expect: 100-continue\r\nContent-Length: 2\r\n", "a"));
  EXPECT_FALSE(reader.TakeContinue());
}

TEST(RequestReaderTest, ErrorLeavesWhatWasRead) {
  RequestReader reader(&kLimits);
  EXPECT_EQ(reader.Feed(Post("Origin: http://o\r\nContent-Length: 65\r\n")),
            RequestReader::Result::kError);
  const HttpRequest request = reader.TakeRequest();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a");
  EXPECT_EQ(request.headers.find("Origin")->second, "http://o");
  EXPECT_EQ(request.headers.count("Content-Length"), 0u);
}

TEST(RequestReaderTest, ErrorIsFinal) {
  RequestReader reader(&kLimits);
  EXPECT_EQ(reader.Feed("?"), RequestReader::Result::kError);
  EXPECT_EQ(reader.Feed(Get("/a")), RequestReader::Result::kError);
}

TEST(RequestReaderTest, AnnouncedBodyCostsNothingBeforeItComes) {
  const RequestLimits limits = {.max_body_bytes = 1 << 30};
  RequestReader reader(&limits);
  reader.Feed(Post("Content-Length: 1000000000\r\n"));
  EXPECT_LT(reader.TakeRequest().body.capacity(), 64u * 1024);
}

TEST(RequestReaderTest, StagesAreTold) {
  RequestReader reader(&kLimits);
  EXPECT_TRUE(reader.idle());
  reader.Feed("\r\n");
  EXPECT_TRUE(reader.idle());
  reader.Feed("POST");
  EXPECT_FALSE(reader.idle());
  EXPECT_FALSE(reader.in_body());
  reader.Feed(" /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_TRUE(reader.in_body());
  reader.Feed("0\r\nX: y\r\n");
  EXPECT_TRUE(reader.in_body());
  EXPECT_EQ(reader.Feed("\r\n"), RequestReader::Result::kRequest);
  EXPECT_FALSE(reader.in_body());
}

}  // namespace
}  // namespace openvidu::token
