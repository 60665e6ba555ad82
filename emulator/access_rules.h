#ifndef EMULATOR_ACCESS_RULES_H_
#define EMULATOR_ACCESS_RULES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "emulator/http_message.h"

namespace openvidu::emulator {

/// Who may ask for what (OpenVidu's SecurityConfig).
enum class Access {
  kEverybody,
  kAuthenticated,
  kNobody,
};
Access AccessRuleOf(const HttpRequest& request);

/// Returns the decoded path below the API's base path, also where the request uses one of the
/// deprecated aliases
/// `/api/…` and `/config…`; nullopt where it asks for something else.
absl::optional<std::string> ApiPathOf(const HttpRequest& request);

/// The base path of the API.
inline constexpr absl::string_view kApiBase = "/openvidu/api";

}  // namespace openvidu::emulator

#endif  // EMULATOR_ACCESS_RULES_H_
