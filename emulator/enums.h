#ifndef EMULATOR_ENUMS_H_
#define EMULATOR_ENUMS_H_

#include <algorithm>
#include <cstddef>

#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// Whether `value` is one of the names of an enum, in exactly that case, as Java's valueOf() wants
/// it.
template <size_t size>
bool IsOneOf(absl::string_view value, const absl::string_view (&names)[size]) {
  return std::find(names, names + size, value) != names + size;
}

}  // namespace openvidu::emulator

#endif  // EMULATOR_ENUMS_H_
