#include "common/mistakes.h"

#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

absl::Status AllMistakes(const std::vector<absl::Status>& statuses) {
  std::vector<absl::string_view> mistakes;
  for (const absl::Status& status : statuses) {
    if (!status.ok()) mistakes.push_back(status.message());
  }
  if (mistakes.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
}

}  // namespace openvidu::token
