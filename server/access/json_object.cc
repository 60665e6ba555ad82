#include "server/access/json_object.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace openvidu::token {

absl::StatusOr<nlohmann::json> ParseJsonObject(absl::string_view text) {
  using Event = nlohmann::json::parse_event_t;
  // nlohmann takes a NUL for the end, and skips a byte order mark.
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == absl::string_view::npos || text[begin] != '{' || absl::StrContains(text, '\0')) {
    return absl::InvalidArgumentError("is no JSON object");
  }
  bool twice = false;
  bool too_deep = false;
  std::vector<std::set<std::string>> names;  // of the objects that are open
  const auto look = [&](int depth, Event event, nlohmann::json& parsed) {
    switch (event) {
      case Event::object_start:
        names.emplace_back();
        break;
      case Event::object_end:
        names.pop_back();
        break;
      case Event::key:
        if (!names.back().insert(parsed.get<std::string>()).second) twice = true;
        break;
      default:
        break;
    }
    if (depth >= kMaxObjectDepth && (event == Event::object_start || event == Event::array_start)) {
      too_deep = true;
    }
    return true;
  };
  nlohmann::json parsed =
      nlohmann::json::parse(text.begin(), text.end(), look, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return absl::InvalidArgumentError("is no JSON object");
  if (twice) return absl::InvalidArgumentError("has a member twice");
  if (too_deep) {
    return absl::InvalidArgumentError(absl::StrCat("is more than ", kMaxObjectDepth, " deep"));
  }
  return parsed;
}

}  // namespace openvidu::token
