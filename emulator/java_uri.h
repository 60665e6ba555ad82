#ifndef EMULATOR_JAVA_URI_H_
#define EMULATOR_JAVA_URI_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace openvidu::emulator {

/// The parts of a java.net.URI that OpenVidu looks at. An absent part is Java's null.
struct JavaUri {
  absl::optional<std::string> scheme;
  absl::optional<std::string> host;  ///< An IPv6 address keeps its brackets.
  int port = -1;
  absl::optional<std::string> path;  ///< With its %-escapes decoded.
};

/// Parses `text` as `new URI(text)` does: RFC 2396 with Java's deviations.
/// Errors: kInvalidArgument with URISyntaxException's message, such as "Illegal character in path
/// at index 7: …".
absl::StatusOr<JavaUri> ParseJavaUri(absl::string_view text);

}  // namespace openvidu::emulator

#endif  // EMULATOR_JAVA_URI_H_
