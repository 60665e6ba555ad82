#ifndef EMULATOR_GSON_ELEMENT_H_
#define EMULATOR_GSON_ELEMENT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "emulator/json.h"

/// Gson's JsonElement.getAs…() with the messages of their exceptions: an array of one element
/// stands for that element, scalars turn into each other.
namespace openvidu::emulator {

/// JsonElement.getAsString(). Errors: kInvalidArgument.
absl::StatusOr<std::string> GsonAsString(const Json& element);

/// JsonElement.getAsInt(). Errors: kInvalidArgument.
absl::StatusOr<int32_t> GsonAsInt(const Json& element);

/// Integer.parseInt(). Errors: kInvalidArgument, `For input string: "…"`.
absl::StatusOr<int32_t> JavaParseInt(absl::string_view text);

}  // namespace openvidu::emulator

#endif  // EMULATOR_GSON_ELEMENT_H_
