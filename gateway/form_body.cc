#include "gateway/form_body.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

// The limits of the Node sample's parser (qs by way of body-parser).
constexpr size_t kMaxDepth = 5;
constexpr size_t kMaxFields = 1000;

/// "a[b][]" → {"a", "b", ""}; empty where the brackets are wrong.
std::vector<std::string> PathOf(absl::string_view name) {
  const size_t bracket = name.find('[');
  std::vector<std::string> path = {std::string(name.substr(0, bracket))};
  if (bracket == absl::string_view::npos) return path;
  absl::string_view rest = name.substr(bracket);
  while (!rest.empty()) {
    const size_t end = rest.find(']');
    if (rest[0] != '[' || end == absl::string_view::npos) return {};
    path.emplace_back(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
  }
  return path;
}

/// Puts `value` at `path` below `object`; false where a text is in the way.
bool Put(Json& object, const std::vector<std::string>& path, std::string value) {
  Json* at = &object;
  for (const std::string& step : path) {
    if (step.empty()) {
      if (at->is_null()) *at = Json::array();
      if (!at->is_array()) return false;
      at = &at->emplace_back();
    } else {
      if (at->is_null()) *at = Json::object();
      if (!at->is_object()) return false;
      at = &(*at)[step];
    }
  }
  if (at->is_null()) {
    *at = std::move(value);
  } else if (at->is_array()) {
    at->push_back(std::move(value));
  } else if (at->is_string()) {
    *at = Json::array({*at, std::move(value)});
  } else {
    return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Json> JsonFromForm(absl::string_view form) {
  Json object = Json::object();
  const std::vector<absl::string_view> fields = absl::StrSplit(form, '&', absl::SkipEmpty());
  if (fields.size() > kMaxFields) {
    return absl::InvalidArgumentError("The form has more than 1000 fields");
  }
  for (const absl::string_view field : fields) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(field, absl::MaxSplits('=', 1));
    const std::vector<std::string> path = PathOf(PercentDecode(parts.first, true));
    if (path.empty() || path.size() > kMaxDepth + 1 || path[0].empty() ||
        !Put(object, path, PercentDecode(parts.second, true))) {
      return absl::InvalidArgumentError(
          "The form has a field whose name is empty, nested wrongly or too deep, or taken");
    }
  }
  return object;
}

}  // namespace openvidu::token
