#include "emulator/gson_element.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "emulator/java.h"

namespace openvidu::emulator {
namespace {

// Unwraps arrays of one element. Errors: what getAsSingleElement() and the base class throw.
absl::StatusOr<const Json*> AsScalar(const Json& element) {
  const Json* json = &element;
  while (json->is_array()) {
    if (json->elements().size() != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("Array must have size 1, but has size ", json->elements().size()));
    }
    json = &json->elements().front();
  }
  // UnsupportedOperationException names the class and nothing else.
  if (json->is_null()) return absl::InvalidArgumentError("JsonNull");
  if (json->is_object()) return absl::InvalidArgumentError("JsonObject");
  return json;
}

}  // namespace

absl::StatusOr<std::string> GsonAsString(const Json& element) {
  const absl::StatusOr<const Json*> scalar = AsScalar(element);
  if (!scalar.ok()) return scalar.status();
  return GsonScalarText(**scalar);
}

absl::StatusOr<int32_t> GsonAsInt(const Json& element) {
  const absl::StatusOr<const Json*> scalar = AsScalar(element);
  if (!scalar.ok()) return scalar.status();
  const Json::Kind kind = (*scalar)->kind();
  if (kind == Json::Kind::kInteger || kind == Json::Kind::kDouble) return JavaIntValue(**scalar);
  return JavaParseInt(GsonScalarText(**scalar));
}

absl::StatusOr<int32_t> JavaParseInt(absl::string_view text) {
  const absl::string_view digits =
      absl::StartsWith(text, "+") || absl::StartsWith(text, "-") ? text.substr(1) : text;
  int32_t value = 0;
  const bool all_digits =
      !digits.empty() && std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit);
  if (all_digits && absl::SimpleAtoi(text, &value)) return value;
  return absl::InvalidArgumentError(absl::StrCat("For input string: \"", text, "\""));
}

}  // namespace openvidu::emulator
