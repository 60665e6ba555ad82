#ifndef SERVER_ACCESS_CONNECTION_RULES_H_
#define SERVER_ACCESS_CONNECTION_RULES_H_

#include "server/access/decision.h"
#include "server/access/group.h"

namespace openvidu::token {

/// Checks what `group` lets `identity` make a connection of, and sets in `properties` what the
/// policy sets: the role, the largest bandwidths, members of `data`. Fills `decision.camera`.
/// Errors: Denied; `properties` are then as they were.
absl::Status ApplyConnectionRules(const Group& group, const Identity& identity,
                                  v1::ConnectionProperties& properties, Decision& decision);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_CONNECTION_RULES_H_
