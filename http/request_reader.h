#ifndef HTTP_REQUEST_READER_H_
#define HTTP_REQUEST_READER_H_

#include <httplib.h>

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// How much of a request is taken. Every limit has an answer of its own.
struct RequestLimits {
  size_t max_head_bytes = size_t{16}
                          << 10;  ///< Request line and headers with their CRLFs; beyond: 431.
  size_t max_target_bytes = size_t{8} << 10;  ///< Beyond: 414.
  size_t max_headers = 100;                   ///< Beyond: 431.
  size_t max_body_bytes = size_t{1} << 20;    ///< Decoded, announced or chunked; beyond: 413.
};

/// A request as the front hands it on: framed, validated, and without the headers that were used up
/// (Connection, Content-Length, Expect, Transfer-Encoding) or that no answer of ours honours
/// (Accept-Encoding).
struct HttpRequest {
  std::string method;
  std::string target;   ///< As sent, not decoded; `/…` or `*`. Absolute-form is cut to its path.
  std::string version;  ///< "HTTP/1.0" or "HTTP/1.1".
  httplib::Headers headers;
  std::string body;  ///< Without its chunks' framing.
  bool keep_alive = false;
};

/// Reads HTTP/1 requests out of a byte stream (RFC 9112), however the bytes are cut into pieces. It
/// accepts one reading of each request only: what two servers might frame differently is an error,
/// so that no request can be smuggled. Knows no sockets and no time. Not thread-safe.
class RequestReader {
 public:
  enum class Result { kNeedMore, kRequest, kError };

  /// `limits` outlives the reader.
  explicit RequestReader(const RequestLimits* limits) : limits_(limits) {}

  /// Takes `bytes` and reads on. After kRequest, call TakeRequest() and then Feed({}), since bytes
  /// of the next request may be here already. kError is final: nothing after the mistake can be
  /// trusted.
  Result Feed(absl::string_view bytes);

  /// The request after kRequest; after kError, or before the end, what was read of it so far.
  HttpRequest TakeRequest();

  /// True while nothing of a next request has come.
  bool idle() const { return stage_ == Stage::kRequestLine && buffer_.empty(); }
  /// True when the head is complete and the body is not.
  bool in_body() const { return stage_ >= Stage::kBody && stage_ <= Stage::kTrailer; }
  /// True once for a request whose client waits for "100 Continue" before it sends the body.
  bool TakeContinue();
  /// True when bytes after the last request wait to be read.
  bool has_leftover() const { return !buffer_.empty(); }
  /// Bytes of memory that hold received data, nearly.
  size_t buffered_bytes() const { return buffer_.size() + request_.body.size() + head_bytes_; }

  /// The HTTP status and a short text for the client, after kError.
  int error_status() const { return error_status_; }
  absl::string_view error_detail() const { return error_detail_; }

 private:
  enum class Stage {
    kRequestLine,
    kHeader,
    kBody,
    kChunkSize,
    kChunkData,
    kChunkEnd,
    kTrailer,
    kComplete,
    kFailed,
  };

  // What a line that does not end within `bytes` is answered with.
  struct Limit {
    size_t bytes;
    int status;
    const char* detail;
  };

  // Each step takes its bytes from the front of `in` and returns false to stop: for more bytes, or
  // because stage_ became kComplete or kFailed.
  bool Step(absl::string_view* in);
  bool NextLine(absl::string_view* in, absl::string_view* line, const Limit& limit);
  bool ReadRequestLine(absl::string_view* in);
  bool ReadHeader(absl::string_view* in);
  bool ReadBody(absl::string_view* in);
  bool ReadChunkSize(absl::string_view* in);
  bool ReadChunkEnd(absl::string_view* in);
  bool ReadTrailer(absl::string_view* in);

  bool ParseRequestLine(absl::string_view line);
  bool ParseTarget(absl::string_view target);
  bool ParseField(absl::string_view line, absl::string_view* name, absl::string_view* value);
  bool EndHead();
  bool CheckHost();
  bool ChooseFraming();
  bool CheckExpectation();
  bool Fail(int status, const char* detail);

  const RequestLimits* limits_;
  Stage stage_ = Stage::kRequestLine;
  std::string buffer_;      // received, not used yet
  size_t scanned_ = 0;      // bytes at its front that hold no LF
  size_t head_bytes_ = 0;   // of the lines used so far
  size_t extra_bytes_ = 0;  // chunk extensions and trailers
  size_t body_left_ = 0;    // of the body or the chunk
  bool skipped_crlf_ = false;
  bool wants_continue_ = false;
  std::string authority_;  // of an absolute-form target
  HttpRequest request_;
  int error_status_ = 0;
  const char* error_detail_ = "";
};

}  // namespace openvidu::token

#endif  // HTTP_REQUEST_READER_H_
