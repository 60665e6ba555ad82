#include <algorithm>

#include "absl/status/status.h"
#include "emulator/api.h"
#include "emulator/api_body.h"

namespace openvidu::emulator {
namespace {

bool IsStringOrAbsent(const Json& body, absl::string_view name) {
  const Json* value = body.Find(name);
  return value == nullptr || value->is_string();
}

bool HasFittingTypes(const Json& body) {
  const Json* to = body.Find("to");
  if (!IsStringOrAbsent(body, "session") || !IsStringOrAbsent(body, "type") ||
      !IsStringOrAbsent(body, "data")) {
    return false;
  }
  if (to == nullptr) return true;
  return to->is_array() &&
         std::all_of(to->elements().begin(), to->elements().end(),
                     [](const Json& element) { return element.is_null() || element.is_string(); });
}

bool Contains(const std::vector<std::string>& ids, const Json& id) {
  return id.is_string() && std::find(ids.begin(), ids.end(), id.text()) != ids.end();
}

}  // namespace

ApiAnswer Api::PostSignal(const HttpRequest& request, RequestBody& body) {
  constexpr char kPath[] = "/signal";
  Json json;
  ApiAnswer answer;
  if (!ReadBodyObject(request, body, /*is_optional=*/false, &json, &answer)) return answer;
  if (!HasFittingTypes(json)) return ApiAnswer::Error(400, "Type error in some parameter", kPath);
  const Json* session = json.Find("session");
  if (session == nullptr) return ApiAnswer::Error(400, "\"session\" parameter is mandatory", kPath);
  const absl::StatusOr<std::vector<std::string>> ids = store_.ActiveConnectionIds(session->text());
  if (!ids.ok()) return ApiAnswer::Empty(404);
  if (ids->empty()) return ApiAnswer::Empty(406);
  const Json* to = json.Find("to");
  const bool reaches_all =
      to == nullptr || std::all_of(to->elements().begin(), to->elements().end(),
                                   [&](const Json& element) { return Contains(*ids, element); });
  if (reaches_all) return ApiAnswer::Empty(200);
  return ApiAnswer::Error(406, "\"to\" array has no valid connection identifiers", kPath);
}

}  // namespace openvidu::emulator
