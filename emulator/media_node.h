#ifndef EMULATOR_MEDIA_NODE_H_
#define EMULATOR_MEDIA_NODE_H_

#include <string>

#include "absl/status/statusor.h"
#include "emulator/java.h"
#include "emulator/json.h"

namespace openvidu::emulator {

/// Reads a `mediaNode` value (not null) as OpenVidu's SessionProperties.getMediaNodeProperty()
/// does: an object that has a string `id`. OpenVidu prints the object in Java's `{id=x}` notation
/// and reads that back leniently, so an id that looks like a number, a boolean or null counts as
/// one ([02] mediaNode.id="true"). Errors: kInvalidArgument (Java's IllegalArgumentException),
/// kFailedPrecondition (its IllegalStateException, which gets none of the usual message prefixes);
/// the messages are OpenVidu's.
absl::StatusOr<std::string> ReadMediaNodeId(const Json& media_node, JavaTypes types);

}  // namespace openvidu::emulator

#endif  // EMULATOR_MEDIA_NODE_H_
