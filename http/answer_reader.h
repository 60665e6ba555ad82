#ifndef HTTP_ANSWER_READER_H_
#define HTTP_ANSWER_READER_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// An answer as a client reads it.
struct HttpMessage {
  int status = 0;
  std::string body;         ///< Without its framing.
  bool keep_alive = false;  ///< Whether the connection takes another request.
};

/// Reads one HTTP/1 answer to a POST, GET or DELETE out of a byte stream (RFC 9112), however the
/// bytes are cut into pieces; interim answers are skipped. Knows no sockets and no time. Not
/// thread-safe.
class AnswerReader {
 public:
  enum class Result {
    kNeedMore,
    kAnswer,    ///< Take it by TakeAnswer().
    kCut,       ///< The stream ended within the answer, or before it.
    kNotHttp,   ///< No answer, or one that two clients might frame differently.
    kTooLarge,  ///< Beyond a limit below.
  };

  static constexpr size_t kMaxStatusLineBytes = 1024;
  static constexpr size_t kMaxHeadBytes = 64 * 1024;
  static constexpr size_t kMaxBodyBytes = 32 * 1024 * 1024;

  /// Takes `bytes` and reads on. All results but kNeedMore are final until TakeAnswer().
  Result Feed(absl::string_view bytes);
  /// The stream has ended.
  Result End();

  /// The answer after kAnswer; the reader starts anew.
  HttpMessage TakeAnswer();

  /// Whether nothing of an answer has come.
  bool untouched() const { return untouched_; }

 private:
  enum class Stage {
    kHead,
    kLength,
    kChunkSize,
    kChunkData,
    kChunkEnd,
    kTrailer,
    kToTheEnd,
    kDone
  };

  // Each takes its bytes from the front of `in`; kNeedMore with bytes left means another step.
  Result Step(absl::string_view* in);
  Result ReadHead(absl::string_view* in);
  Result ReadBody(absl::string_view* in);
  Result ReadLine(absl::string_view* in);
  Result ParseHead(absl::string_view head);
  Result ParseChunkSize(absl::string_view line);
  Result Done();

  Stage stage_ = Stage::kHead;
  std::string buffer_;  // of a head or a line that is not whole yet
  size_t left_ = 0;     // of the body or the chunk
  bool untouched_ = true;
  HttpMessage answer_;
};

}  // namespace openvidu::token

#endif  // HTTP_ANSWER_READER_H_
