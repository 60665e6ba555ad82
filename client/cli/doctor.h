#ifndef CLIENT_CLI_DOCTOR_H_
#define CLIENT_CLI_DOCTOR_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/findings.h"
#include "client/token_client.h"

namespace openvidu::token {

/// A way to an HTTP server.
struct HttpTarget {
  std::string url;
  std::string ca_file;  ///< Empty: the system's.
  absl::Duration timeout;
};

/// Checks a token server: its address, TLS, health, and whether it speaks our contract and takes
/// this caller, by a call that comes to nothing and costs OpenVidu nothing.
void CheckTokenServer(const TokenClientOptions& options, std::shared_ptr<const Caller> caller,
                      Findings& findings);

/// Checks a gateway: its address, TLS, readiness, and how its clock differs from ours.
void CheckGateway(const HttpTarget& gateway, Findings& findings);

/// Checks an OpenVidu: its address, TLS, whether it is one, how its clock differs from ours,
/// whether it takes the secret (a request that costs it some 65 ms), and the port of its TURN
/// server. The secret goes only where TLS is well, or none is asked for.
void CheckOpenVidu(const HttpTarget& openvidu, const absl::StatusOr<std::string>& secret,
                   Findings& findings, int turn_port = 3478);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_DOCTOR_H_
