#include "emulator/api_body.h"

#include "emulator/request_rules.h"

namespace openvidu::emulator {

bool ReadBodyObject(const HttpRequest& request, RequestBody& body, bool is_optional, Json* json,
                    ApiAnswer* answer) {
  const BodyType type = ClassifyBodyType(request);
  const ApiAnswer unsupported{.kind = ApiAnswer::Kind::kUnsupportedType, .status = 403};
  *answer = ApiAnswer::Masked();
  if (type == BodyType::kWildcard) return false;
  if (type == BodyType::kUnsupported) {
    *answer = unsupported;
    return false;
  }
  const absl::StatusOr<std::string>& text = body.Read();
  if (!text.ok()) {
    *answer = {.kind = ApiAnswer::Kind::kBrokenBody, .status = 403};
    return false;
  }
  if (type == BodyType::kNone && !text->empty()) {
    *answer = unsupported;
    return false;
  }
  *json = Json::Object({});
  if (text->empty()) return is_optional;
  absl::StatusOr<Json> parsed = ParseJson(*text);
  if (!parsed.ok()) return false;
  if (parsed->is_null()) return is_optional;
  if (!parsed->is_object()) return false;
  *json = *std::move(parsed);
  return true;
}

}  // namespace openvidu::emulator
