#ifndef SERVER_ACCESS_POLICY_H_
#define SERVER_ACCESS_POLICY_H_

#include <vector>

#include "openvidu/token/v1/token_service.pb.h"
#include "server/access/decision.h"
#include "server/access/group.h"
#include "server/access/identity.h"

namespace openvidu::token {

/// Who may ask for what (docs/policy.md). The first group that takes the caller decides; where none
/// does, everything is denied. Immutable, thread-safe.
class Policy {
 public:
  /// What OpenVidu's samples do: everybody gets what he asks for, unchanged. Its rule is "sample".
  static Policy Sample();
  /// Where there is no file: everybody may publish and subscribe in any session, with what the
  /// contract has a field for, but no cameras and no media filters. Its rule is "default".
  static Policy Default();

  explicit Policy(std::vector<Group> groups) : groups_(std::move(groups)) {}

  /// Each may set in an allowed request what the policy sets; one that is denied is as it was.
  Decision DecideInitialize(const Identity& identity,
                            const v1::InitializeSessionRequest& request) const;
  Decision DecideConnect(const Identity& identity, v1::CreateConnectionRequest& request) const;
  /// Where `may_create` is false the session's properties have not been looked at, and must not be
  /// used: connect to `custom_session_id` and nothing else.
  Decision DecideJoin(const Identity& identity, v1::JoinSessionRequest& request) const;

 private:
  Policy() = default;
  const Group* Find(const Identity& identity) const;

  bool allows_all_ = false;
  std::vector<Group> groups_;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_POLICY_H_
