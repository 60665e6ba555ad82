#ifndef EMULATOR_ICE_URL_H_
#define EMULATOR_ICE_URL_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// Checks a STUN or TURN URL by the rules of OpenVidu's IceServerProperties (openvidu-rest.md §4
/// "ICE"). A host that is neither an address nor a plausible domain name is looked up, as OpenVidu
/// does. Errors: kInvalidArgument with OpenVidu's message.
absl::Status CheckIceUrl(absl::string_view url);

}  // namespace openvidu::emulator

#endif  // EMULATOR_ICE_URL_H_
