#ifndef EMULATOR_JSON_ENCODING_H_
#define EMULATOR_JSON_ENCODING_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// Returns the body as UTF-8 without a byte order mark. UTF-16 and UTF-32 are told by their mark or
/// by where the zero bytes of the first four are, as Jackson's ByteSourceJsonBootstrapper does;
/// anything else is taken for UTF-8 and returned unchecked. Errors: kInvalidArgument (a byte order
/// that nobody uses, an incomplete unit).
absl::StatusOr<std::string> DecodeJsonBody(absl::string_view body);

/// Appends `code_point` as UTF-8; a surrogate, which no UTF-8 can carry, as '?', as Java does.
void AppendUtf8(uint32_t code_point, std::string* out);

}  // namespace openvidu::emulator

#endif  // EMULATOR_JSON_ENCODING_H_
