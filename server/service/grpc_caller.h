#ifndef SERVER_SERVICE_GRPC_CALLER_H_
#define SERVER_SERVICE_GRPC_CALLER_H_

#include <grpcpp/server_context.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/call_context.h"
#include "common/certificate_names.h"

namespace openvidu::token {

/// Finds out who makes a gRPC call. Thread-safe.
class GrpcCallers {
 public:
  /// A peer whose verified certificate has a name that `trusted_gateways` mean (CertificateNames)
  /// calls for others only, and says whom: the metadata in common/forwarded_caller.h is believed of
  /// it, and its own certificate and address are nobody's who calls. Of all others that metadata is
  /// ignored.
  explicit GrpcCallers(std::vector<std::string> trusted_gateways)
      : trusted_gateways_(std::move(trusted_gateways)) {}

  std::shared_ptr<const Caller> CallerOf(const grpc::ServerContextBase& context) const;

  /// Returns the address in gRPC's name of a peer, such as `ipv6:%5B::1%5D:4711`; "" where that has
  /// none, as that of a Unix socket.
  static std::string AddressOfPeer(absl::string_view peer);

 private:
  const CertificateNames trusted_gateways_;
};

/// Returns the trace that the peer says the call is a part of, if it does.
TraceContext TraceContextOf(const grpc::ServerContextBase& context);

/// Returns what the peer says that it is, its `user-agent`; "" where it says nothing. Lives as long
/// as `context`.
absl::string_view UserAgentOf(const grpc::ServerContextBase& context);

}  // namespace openvidu::token

#endif  // SERVER_SERVICE_GRPC_CALLER_H_
