#ifndef EMULATOR_BASIC_AUTH_H_
#define EMULATOR_BASIC_AUTH_H_

#include <string>

#include "absl/strings/string_view.h"
#include "emulator/http_message.h"

namespace openvidu::emulator {

/// What a request says about who sends it.
enum class Credentials {
  kNone,      ///< No `Authorization`, or another scheme.
  kBroken,    ///< Basic, but not decodable. Refused without a look at the password.
  kRejected,  ///< Basic with a wrong user or password.
  kAccepted,
};

/// Checks the `Authorization` header by the rules of Spring Security's BasicAuthenticationConverter
/// (openvidu-rest.md §1 "Authentication"). The comparison takes the same time for every wrong
/// password.
Credentials CheckBasicAuth(const HttpRequest& request, absl::string_view secret);

}  // namespace openvidu::emulator

#endif  // EMULATOR_BASIC_AUTH_H_
