#ifndef EMULATOR_HTTP_HEAD_H_
#define EMULATOR_HTTP_HEAD_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "emulator/http_message.h"

namespace openvidu::emulator {

/// What came of reading a request's head with Tomcat's rules (openvidu-rest.md §1 "HTTP layer").
struct HeadResult {
  enum class State {
    kIncomplete,  ///< More bytes are needed.
    kComplete,    ///< `request` is filled in and `size` bytes belong to it.
    kMalformed,   ///< Answer 400 and close.
    kRefused,     ///< Close without an answer (the preface of HTTP/2).
  };
  State state = State::kIncomplete;
  HttpRequest request;
  size_t size = 0;
};

/// Parses the head at the beginning of `input`; blank lines before it are skipped.
HeadResult ParseHead(absl::string_view input);

/// How a request's body is delimited, and what Tomcat thinks of the head as a whole.
struct RequestFraming {
  bool chunked = false;
  int64_t content_length = 0;  ///< Of a body that is not chunked.
  bool close_after =
      false;  ///< Content-Length and chunked together are answered, but not trusted further.
  bool expects_continue = false;
  int error = 0;  ///< The status that Tomcat answers by itself, or 0.
};
RequestFraming CheckHead(const HttpRequest& request);

/// Checks the path as Tomcat's mapper does: its escapes have to be well formed and harmless, and
/// its dots must not lead out of the root. Returns false for what Tomcat answers with 400.
bool IsAcceptablePath(absl::string_view path);

}  // namespace openvidu::emulator

#endif  // EMULATOR_HTTP_HEAD_H_
