#ifndef SERVER_ACCESS_POLICY_FILE_H_
#define SERVER_ACCESS_POLICY_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/policy.h"

namespace openvidu::token {

// The members that the objects of a policy's file may have (docs/policy.md,
// docs/policy.schema.json).
inline constexpr absl::string_view kPolicyKeys[] = {"$schema", "groups"};
inline constexpr absl::string_view kGroupKeys[] = {"name",
                                                   "comment",
                                                   "match",
                                                   "sessions",
                                                   "createSessions",
                                                   "recordingModes",
                                                   "roles",
                                                   "defaultRole",
                                                   "ipcam",
                                                   "customIceServers",
                                                   "kurentoOptions",
                                                   "filters",
                                                   "maxVideoSendKbps",
                                                   "maxVideoRecvKbps",
                                                   "data",
                                                   "otherProperties"};
inline constexpr absl::string_view kMatchKeys[] = {"everyone", "anonymous", "authenticated",
                                                   "claim", "certificate"};
inline constexpr absl::string_view kIpcamKeys[] = {"schemes", "hosts", "ports", "userInfo",
                                                   "allowPrivateAddresses"};
inline constexpr absl::string_view kDataKeys[] = {"merge"};

/// Reads a policy from JSON. Errors: kInvalidArgument naming every mistake with its path, one a
/// line.
absl::StatusOr<Policy> ParsePolicy(absl::string_view json);

/// The same from a file; `path` is named in each line.
absl::StatusOr<Policy> ReadPolicyFile(const std::string& path);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_POLICY_FILE_H_
