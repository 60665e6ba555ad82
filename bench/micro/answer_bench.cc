// OpenVidu's answers out of bytes.

#include <benchmark/benchmark.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/micro/recorded_answer.h"
#include "http/answer_reader.h"

namespace openvidu::token {
namespace {

std::string WithLength() {
  return absl::StrCat(kRecordedHead, "Content-Length: ", kRecordedConnection.size(), "\r\n\r\n",
                      kRecordedConnection);
}

std::string Chunked() {
  return absl::StrCat(kRecordedHead, "Transfer-Encoding: chunked\r\n\r\n",
                      absl::Hex(kRecordedConnection.size()), "\r\n", kRecordedConnection,
                      "\r\n0\r\n\r\n");
}

// `piece` bytes at a time: 0 for all at once.
void BM_AnswerReader(benchmark::State& state, const std::string& bytes, size_t piece) {
  AnswerReader reader;  // one for all, as on a kept-alive connection
  if (piece == 0) piece = bytes.size();
  for (auto _ : state) {
    AnswerReader::Result result = AnswerReader::Result::kNeedMore;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      result = reader.Feed(absl::string_view(bytes).substr(at, piece));
    }
    if (result != AnswerReader::Result::kAnswer) state.SkipWithError("no answer");
    benchmark::DoNotOptimize(reader.TakeAnswer());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes.size()));
}
BENCHMARK_CAPTURE(BM_AnswerReader, Length, WithLength(), 0);
BENCHMARK_CAPTURE(BM_AnswerReader, Chunked, Chunked(), 0);
BENCHMARK_CAPTURE(BM_AnswerReader, LengthInPiecesOf64, WithLength(), 64);

}  // namespace
}  // namespace openvidu::token
