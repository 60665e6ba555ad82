#ifndef COMMON_WRITE_ALL_H_
#define COMMON_WRITE_ALL_H_

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Writes all of `text` to `fd`, and waits where that takes no more at present. Returns whether it
/// could; `errno` says why not. The process ignores SIGPIPE (shutdown_signal.h).
bool WriteAll(int fd, absl::string_view text);

}  // namespace openvidu::token

#endif  // COMMON_WRITE_ALL_H_
