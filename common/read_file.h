#ifndef COMMON_READ_FILE_H_
#define COMMON_READ_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace openvidu::token {

/// The largest file that ReadFile takes, in bytes.
inline constexpr size_t kMaxFileBytes = size_t{1} << 20;

/// Reads a small file whole, such as a key: a regular one, or a pipe, for which it waits. Errors:
/// kInvalidArgument where it cannot be read, is a directory or a device, or is larger than
/// kMaxFileBytes; the text names the path.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace openvidu::token

#endif  // COMMON_READ_FILE_H_
