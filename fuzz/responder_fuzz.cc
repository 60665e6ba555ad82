// Whatever a handler puts into an answer, it is one answer: no header is injected, no answer split.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "fuzz/input.h"
#include "http/answer_reader.h"
#include "http/responder.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

void CheckAnswer(const HttpAnswer& answer, const AnswerForm& form, size_t most_headers) {
  const size_t head_end = answer.bytes.find("\r\n\r\n");
  FUZZ_CHECK(head_end != std::string::npos);
  const std::vector<absl::string_view> lines =
      absl::StrSplit(absl::string_view(answer.bytes).substr(0, head_end), "\r\n");
  FUZZ_CHECK(lines.size() <= 1 + most_headers);
  for (size_t i = 1; i < lines.size(); ++i) {
    const size_t colon = lines[i].find(':');
    FUZZ_CHECK(colon != absl::string_view::npos);
    FUZZ_CHECK(IsToken(lines[i].substr(0, colon)) && IsFieldValue(lines[i].substr(colon + 1)));
  }
  FUZZ_CHECK(answer.close || form.keep_alive);
  if (form.head) {
    FUZZ_CHECK(answer.bytes.size() == head_end + 4);
    return;
  }
  AnswerReader reader;
  FUZZ_CHECK(reader.Feed(answer.bytes) == AnswerReader::Result::kAnswer);
  FUZZ_CHECK(reader.TakeAnswer().keep_alive == !answer.close);
}

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  static Responder& responder = *new Responder(nullptr, 5);
  FuzzInput input(data, size);
  const size_t bits = input.TakeByte();
  const AnswerForm form = {
      .http_1_0 = (bits & 1) != 0, .head = (bits & 2) != 0, .keep_alive = (bits & 4) != 0};
  static constexpr int kStatuses[] = {200, 204, 304, 400, 429, 503};
  httplib::Response response;
  response.status = kStatuses[input.TakeByte() % std::size(kStatuses)];
  const size_t headers = input.TakeByte() % 4;
  for (size_t i = 0; i < headers; ++i) {
    const auto name = std::string(input.TakeBytes(input.TakeByte()));
    const auto value = std::string(input.TakeBytes(input.TakeByte()));
    if (i % 2 == 0) {
      response.set_header(name, value);
    } else {
      response.headers.emplace(name, value);
    }
  }
  const auto type = std::string(input.TakeBytes(input.TakeByte()));
  response.set_content(std::string(input.rest()), type);
  // Those of the front: Content-Type, Date, Content-Length, Connection, Keep-Alive.
  CheckAnswer(responder.Format(form, response), form, headers + 5);
  CheckAnswer(responder.FormatError(form, {}, 431, input.rest()), form, 5);
  return 0;
}
