#ifndef CLIENT_TOKEN_CHANNEL_H_
#define CLIENT_TOKEN_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// The reason (common/status_details.h) of a call that the token server did not answer; its request
/// may have been carried out. The message is gRPC's and may name addresses.
inline constexpr absl::string_view kTokenServerUnavailable = "TOKEN_SERVER_UNAVAILABLE";

/// Where the token server is and how to reach it.
struct TokenClientOptions {
  /// host:port, or any gRPC target such as dns:///… Calls go in turn to all the addresses that it
  /// stands for, as far as they are there and want calls.
  std::string server_address = "localhost:50051";
  bool tls = false;  ///< The server's name, in `server_address`, is verified.
  /// PEM bundle to verify the server by; with `tls`. Empty: gRPC's own roots.
  std::string ca_file;
  /// PEM certificate chain and key to prove by who calls; with `tls`. Both or neither. When this or
  /// `ca_file` changes, new connections get the new one a second later; while they do not fit
  /// together, no new connection can be made.
  std::string cert_file;
  std::string key_file;  ///< Of `cert_file`.
  /// Calls also servers whose health service says that they want none, to ask just that.
  bool any_health = false;
  absl::Duration timeout =
      absl::Seconds(25);  ///< Of each call, unless it brings a deadline of its own.
};

/// Makes a channel to the token server. Does not connect yet. Errors: kInvalidArgument naming every
/// mistake in `options`, one a line.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeTokenChannel(const TokenClientOptions& options);

}  // namespace openvidu::token

#endif  // CLIENT_TOKEN_CHANNEL_H_
