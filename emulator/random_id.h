#ifndef EMULATOR_RANDOM_ID_H_
#define EMULATOR_RANDOM_ID_H_

#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// Returns `length` random characters of [0-9A-Za-z]. Thread-safe, as all here.
std::string RandomAlphanumeric(int length);

/// Returns an id as OpenVidu makes them: `prefix`, one of [A-Z], then `length - 1` alphanumeric
/// characters.
std::string RandomId(absl::string_view prefix, int length);

/// Returns 32 random digits of [0-9A-F], a Tomcat session id.
std::string RandomLoginSessionId();

}  // namespace openvidu::emulator

#endif  // EMULATOR_RANDOM_ID_H_
