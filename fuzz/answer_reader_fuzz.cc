// The parser of OpenVidu's answers: what is read does not depend on the pieces in which it comes.
#include <utility>

#include "absl/strings/str_cat.h"
#include "fuzz/input.h"
#include "http/answer_reader.h"

namespace openvidu::token {
namespace {

template <typename NextPiece>
std::string Read(absl::string_view stream, NextPiece next_piece) {
  AnswerReader reader;
  AnswerReader::Result result = AnswerReader::Result::kNeedMore;
  while (!stream.empty() && result == AnswerReader::Result::kNeedMore) {
    result = reader.Feed(next_piece(&stream));
    FUZZ_CHECK(!reader.untouched() || result == AnswerReader::Result::kAnswer);
  }
  if (result == AnswerReader::Result::kNeedMore) result = reader.End();
  FUZZ_CHECK(result != AnswerReader::Result::kNeedMore);
  if (result != AnswerReader::Result::kAnswer) return absl::StrCat(static_cast<int>(result));
  const HttpMessage answer = reader.TakeAnswer();
  FUZZ_CHECK(answer.status >= 200 && answer.status <= 999);
  FUZZ_CHECK(answer.body.size() <= AnswerReader::kMaxBodyBytes);
  FUZZ_CHECK(reader.untouched());
  // Whether bytes follow the answer is seen only where they come with it: then the connection ends.
  return absl::StrCat(answer.status, ":", answer.body);
}

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using openvidu::token::Read;
  openvidu::token::FuzzInput input(data, size);
  openvidu::token::Cuts cuts(input);
  const auto whole = [](absl::string_view* stream) { return std::exchange(*stream, {}); };
  const auto cut = [&cuts](absl::string_view* stream) { return cuts.Next(stream); };
  FUZZ_CHECK(Read(input.rest(), whole) == Read(input.rest(), cut));
  return 0;
}
