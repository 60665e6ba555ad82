#ifndef SERVER_ACCESS_JSON_OBJECT_H_
#define SERVER_ACCESS_JSON_OBJECT_H_

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

inline constexpr int kMaxObjectDepth = 16;

/// Reads JSON that is one object, so that no two readers can take it differently: without members
/// that come twice, without anything behind it, in UTF-8, numbers that a double can hold, and at
/// most kMaxObjectDepth deep.
/// Errors: kInvalidArgument that says, as the end of a sentence, what is wrong; it quotes nothing.
absl::StatusOr<nlohmann::json> ParseJsonObject(absl::string_view text);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_JSON_OBJECT_H_
