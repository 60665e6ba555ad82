#ifndef EMULATOR_API_ANSWER_H_
#define EMULATOR_API_ANSWER_H_

#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// What an endpoint answers, before the headers that all answers have.
struct ApiAnswer {
  enum class Kind {
    kEmpty,
    kJson,
    kText,
    kChunkedJson,
    kMasked,  ///< An error of the framework, which the client sees as 403 (openvidu-rest.md §0,
              ///< fact 1).
    kUnsupportedType,  ///< The same, with the types that would do.
    kBrokenBody,       ///< The body did not come whole.
  };
  Kind kind = Kind::kEmpty;
  int status = 200;
  std::string body;

  static ApiAnswer Empty(int status);
  static ApiAnswer JsonText(std::string body);
  static ApiAnswer Text(std::string body);
  static ApiAnswer Masked();
  /// OpenVidu's own JSON error (openvidu-rest.md §1 "JSON error body"). `path` is below the base
  /// path.
  static ApiAnswer Error(int status, absl::string_view message, absl::string_view path);
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_API_ANSWER_H_
