// The HTTP front: what a stream of bytes is read as does not depend on the pieces in which it
// comes, and a request that is handed on is within the limits and holds nothing that another reader
// could take for a second one.
#include <vector>

#include "absl/strings/str_cat.h"
#include "fuzz/input.h"
#include "http/request_reader.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

// Small, so that inputs reach them.
constexpr RequestLimits kLimits = {
    .max_head_bytes = 512, .max_target_bytes = 128, .max_headers = 8, .max_body_bytes = 256};

void CheckRequest(const HttpRequest& request) {
  FUZZ_CHECK(IsToken(request.method));
  FUZZ_CHECK(request.version == "HTTP/1.1" || request.version == "HTTP/1.0");
  FUZZ_CHECK(request.target == "*" || request.target[0] == '/');
  FUZZ_CHECK(request.target.size() <= kLimits.max_target_bytes);
  for (const char c : request.target) FUZZ_CHECK(c > ' ' && c < 0x7f && c != '#');
  FUZZ_CHECK(request.headers.size() <= kLimits.max_headers);
  for (const auto& [name, value] : request.headers) {
    FUZZ_CHECK(IsToken(name) && IsFieldValue(value) && StripBlanks(value) == value);
  }
  for (const char* used : {"Content-Length", "Transfer-Encoding", "Connection", "Range"}) {
    FUZZ_CHECK(request.headers.count(used) == 0);
  }
  FUZZ_CHECK(request.body.size() <= kLimits.max_body_bytes);
}

void Append(const HttpRequest& request, std::string& seen) {
  absl::StrAppend(&seen, request.method, " ", request.target, " ", request.version, " ",
                  request.keep_alive, "\n");
  for (const auto& [name, value] : request.headers) absl::StrAppend(&seen, name, ":", value, "\n");
  absl::StrAppend(&seen, request.body.size(), ":", request.body, "\n");
}

/// All that becomes of `stream`.
template <typename NextPiece>
std::string Read(absl::string_view stream, NextPiece next_piece) {
  RequestReader reader(&kLimits);
  std::string seen;
  while (!stream.empty()) {
    RequestReader::Result result = reader.Feed(next_piece(&stream));
    while (result == RequestReader::Result::kRequest) {
      const HttpRequest request = reader.TakeRequest();
      CheckRequest(request);
      Append(request, seen);
      result = reader.Feed({});
    }
    if (result == RequestReader::Result::kError) {
      FUZZ_CHECK(reader.error_status() >= 400);
      reader.TakeRequest();
      return absl::StrCat(seen, reader.error_status(), " ", reader.error_detail());
    }
    // A piece's bytes that are no line yet, a head and a body.
    FUZZ_CHECK(reader.buffered_bytes() <=
               2 * kLimits.max_head_bytes + kLimits.max_body_bytes + stream.size());
    reader.TakeContinue();
  }
  return absl::StrCat(seen, "needs more ", reader.idle(), reader.in_body());
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
