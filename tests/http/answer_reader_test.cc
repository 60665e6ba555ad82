#include "http/answer_reader.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

using Result = AnswerReader::Result;

struct Row {
  const char* name;
  std::string bytes;
  Result result;
  int status = 0;
  std::string body;
  bool keep_alive = false;
};

class AnswerReaderTest : public testing::TestWithParam<Row> {};

Result FeedInPieces(AnswerReader& reader, absl::string_view bytes, size_t size) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    const Result result = reader.Feed(bytes.substr(0, size));
    if (result != Result::kNeedMore) return result;
  }
  return Result::kNeedMore;
}

// The result is the same however the bytes are cut.
TEST_P(AnswerReaderTest, ReadsOrRefuses) {
  const Row& row = GetParam();
  const size_t whole = std::max<size_t>(row.bytes.size(), 1);
  for (const size_t size : {whole, size_t{1}, size_t{7}}) {
    AnswerReader reader;
    EXPECT_TRUE(reader.untouched());
    Result result = FeedInPieces(reader, row.bytes, size);
    if (result == Result::kNeedMore && row.result != Result::kNeedMore) result = reader.End();
    ASSERT_EQ(result, row.result) << "in pieces of " << size;
    EXPECT_EQ(reader.untouched(), row.bytes.empty());
    if (result != Result::kAnswer) continue;
    const HttpMessage answer = reader.TakeAnswer();
    EXPECT_EQ(answer.status, row.status);
    EXPECT_EQ(answer.body, row.body);
    EXPECT_EQ(answer.keep_alive, row.keep_alive);
    EXPECT_TRUE(reader.untouched());
    EXPECT_EQ(FeedInPieces(reader, "HTTP/1.1 204 \r\n\r\n", size), Result::kAnswer);  // anew
  }
}

std::string Answer(absl::string_view headers, absl::string_view body = "") {
  return absl::StrCat("HTTP/1.1 200 \r\n", headers, "\r\n", body);
}

constexpr char kChunked[] = "Transfer-Encoding: chunked\r\n";

INSTANTIATE_TEST_SUITE_P(
    , AnswerReaderTest,
    testing::ValuesIn(std::vector<Row>{
        {"Length", Answer("content-length:  2 \r\n", "{}"), Result::kAnswer, 200, "{}", true},
        {"NoBody", Answer("Content-Length: 0\r\n"), Result::kAnswer, 200, "", true},
        {"Status204", "HTTP/1.1 204 No Content\r\n\r\n", Result::kAnswer, 204, "", true},
        {"Status304", "HTTP/1.1 304 \r\nContent-Length: 9\r\n\r\n", Result::kAnswer, 304, "", true},
        {"StatusWithoutAReason", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", Result::kAnswer, 404,
         "", true},
        {"Close", Answer("Connection: x, CLOSE\r\nContent-Length: 0\r\n"), Result::kAnswer, 200, "",
         false},
        {"Http10", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", Result::kAnswer, 200, "a",
         false},
        {"Chunks", Answer(kChunked, "3;x=y\r\nabc\r\nA \r\n0123456789\r\n0\r\nX: y\r\n\r\n"),
         Result::kAnswer, 200, "abc0123456789", true},
        {"Interim",
         absl::StrCat("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nLink: a\r\n\r\n",
                      Answer("Content-Length: 1\r\n", "a")),
         Result::kAnswer, 200, "a", true},
        {"ToTheEnd", Answer("", "abc"), Result::kAnswer, 200, "abc"},
        {"NothingYet", "", Result::kNeedMore},
        {"HalfAHead", "HTTP/1.1 200 \r\nContent-", Result::kNeedMore},
        {"NothingAtAll", "", Result::kCut},
        {"CutStatusLine", "HTTP/1.1 2", Result::kCut},
        {"CutHead", "HTTP/1.1 200 \r\nA: b\r\n", Result::kCut},
        {"CutBody", Answer("Content-Length: 3\r\n", "ab"), Result::kCut},
        {"CutChunk", Answer(kChunked, "3\r\nab"), Result::kCut},
        {"CutTrailer", Answer(kChunked, "0\r\nX: y\r\n"), Result::kCut},
        {"NotHttp", "SSH-2.0-OpenSSH\r\n", Result::kNotHttp},
        {"Http2", "HTTP/2 200 OK\r\n\r\n", Result::kNotHttp},
        {"BareLineFeeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", Result::kCut},
        {"TwoLengths", Answer("Content-Length: 1\r\nContent-Length: 1\r\n", "a"), Result::kNotHttp},
        {"LengthAndChunks", Answer(absl::StrCat("Content-Length: 1\r\n", kChunked), "a"),
         Result::kNotHttp},
        {"NegativeLength", Answer("Content-Length: -1\r\n"), Result::kNotHttp},
        {"EmptyLength", Answer("Content-Length:\r\n"), Result::kNotHttp},
        {"OtherCoding", Answer("Transfer-Encoding: gzip, chunked\r\n"), Result::kNotHttp},
        {"NoColon", Answer("Content-Length 1\r\n"), Result::kNotHttp},
        {"BlankBeforeTheColon", Answer("Content-Length : 1\r\n"), Result::kNotHttp},
        {"FoldedLine", Answer("A: b\r\n c\r\n"), Result::kNotHttp},
        {"ChunkOfNoNumber", Answer(kChunked, "x\r\n"), Result::kNotHttp},
        {"ChunkOfNineDigits", Answer(kChunked, "000000001\r\na\r\n"), Result::kNotHttp},
        {"ChunkWithoutAnEnd", Answer(kChunked, "1\r\nabc\r\n"), Result::kNotHttp},
        {"HugeHead", Answer(absl::StrCat("A: ", std::string(70'000, 'a'), "\r\n")),
         Result::kTooLarge},
        {"HugeLength", Answer("Content-Length: 99999999999999999999\r\n"), Result::kTooLarge},
        {"HugeTrailer", Answer(kChunked, absl::StrCat("0\r\nA: ", std::string(9'000, 'a'))),
         Result::kTooLarge}}),
    [](const auto& row) { return row.param.name; });

TEST(AnswerReaderLimitTest, ABodyWithoutALengthHasALimit) {
  AnswerReader reader;
  ASSERT_EQ(reader.Feed(Answer("")), Result::kNeedMore);
  const std::string mebibyte(1 << 20, 'a');
  for (size_t size = 0; size < AnswerReader::kMaxBodyBytes; size += mebibyte.size()) {
    ASSERT_EQ(reader.Feed(mebibyte), Result::kNeedMore);
  }
  EXPECT_EQ(reader.Feed("a"), Result::kTooLarge);
}

}  // namespace
}  // namespace openvidu::token
