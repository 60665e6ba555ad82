#ifndef COMMON_MISTAKES_H_
#define COMMON_MISTAKES_H_

#include <vector>

#include "absl/status/status.h"

namespace openvidu::token {

/// All the errors among `statuses` as one kInvalidArgument, a line each; OK where there is none.
absl::Status AllMistakes(const std::vector<absl::Status>& statuses);

}  // namespace openvidu::token

#endif  // COMMON_MISTAKES_H_
