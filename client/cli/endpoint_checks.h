#ifndef CLIENT_CLI_ENDPOINT_CHECKS_H_
#define CLIENT_CLI_ENDPOINT_CHECKS_H_

#include <string>

#include "absl/time/time.h"
#include "client/cli/findings.h"
#include "client/cli/tls_probe.h"
#include "common/host_port.h"

namespace openvidu::token {

/// A place that a program listens at, and how it is spoken to.
struct Endpoint {
  HostPort address;
  bool tls = false;
  TlsProbeOptions tls_options;  ///< Its host is that of `address`.
  std::string ca_flag;          ///< The flag of the CA file, for advice.
  std::string tls_advice;       ///< What to do where it speaks no TLS.
  absl::Duration timeout;       ///< Of each step.
};

/// Connects to the host, by each of its addresses in turn. Returns a socket with the timeout, or -1
/// and the reasons in `why`.
int ConnectTcp(const HostPort& address, absl::Duration timeout, std::string& why);

/// Checks name, connection and, where it has any, TLS, from one to the next as far as each is well.
/// Returns whether all are.
bool CheckEndpoint(const Endpoint& endpoint, Findings& findings);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_ENDPOINT_CHECKS_H_
