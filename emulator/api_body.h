#ifndef EMULATOR_API_BODY_H_
#define EMULATOR_API_BODY_H_

#include "emulator/api_answer.h"
#include "emulator/http_message.h"
#include "emulator/json.h"

namespace openvidu::emulator {

/// Reads a request's body as Spring reads a `Map<String, ?>` (openvidu-rest.md §1 "Bodies").
/// Returns true and sets `json` to an object; an optional body that is missing or `null` counts as
/// `{}`. Otherwise sets `answer`.
bool ReadBodyObject(const HttpRequest& request, RequestBody& body, bool is_optional, Json* json,
                    ApiAnswer* answer);

}  // namespace openvidu::emulator

#endif  // EMULATOR_API_BODY_H_
