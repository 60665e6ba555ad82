#ifndef SERVER_OPENVIDU_OPENVIDU_OPTIONS_H_
#define SERVER_OPENVIDU_OPENVIDU_OPTIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "net/file_watch.h"
#include "net/reactor.h"
#include "server/openvidu/observed_openvidu_client.h"
#include "server/openvidu/openvidu_client.h"

namespace openvidu::token {

/// How to reach OpenVidu.
struct OpenViduOptions {
  std::string url;  ///< See ParseOpenViduUrl.
  /// Of several deployments, of which each has a part of the sessions (Deployments). They share the
  /// secret and the rest of these options, each with its own connections and limits. Not empty: it
  /// counts in place of `url`.
  std::vector<std::string> urls;

  /// Those of `urls`, or `url` where there are none.
  std::vector<std::string> all_urls() const;

  /// The same as sessions are distributed by and as metrics name them: the URL, however it is
  /// written, without what is no part of the address. Of valid options.
  std::vector<std::string> deployment_names() const;

  std::string secret;  ///< The password of the user OPENVIDUAPP.
  /// Where the secret comes from: a change of this file is a change of the secret (ReadSecretFile).
  /// Empty: it stays.
  std::string secret_file;
  absl::Duration secret_file_interval = kFileWatchInterval;  ///< How often that is looked at.
  std::string ca_file;  ///< PEM bundle to verify an https:// OpenVidu by. Empty: the system's.
  bool insecure_tls = false;  ///< Does not verify OpenVidu's certificate. For development.
  int max_connections = 64;   ///< Kept-alive connections, and so requests at once, at most.
  int max_in_flight = 0;      ///< Requests at once. 0: as many as OpenVidu is measured to take.
  int max_waiting = 4096;     ///< Requests that wait for their turn, at most.
  /// How long they may wait, but for bursts; see WaitingQueueOptions.
  absl::Duration max_queue_delay = absl::Milliseconds(50);
  absl::Duration burst_window = absl::Milliseconds(100);
  absl::Duration idle_timeout = absl::Seconds(45);  ///< Less than OpenVidu's own 60 s.
  /// A connection that was idle for longer gets no request that may not reach OpenVidu twice.
  absl::Duration suspect_after = absl::Seconds(5);
};

/// Checks the options. Errors: kInvalidArgument naming every mistake, one a line.
absl::Status CheckOpenViduOptions(const OpenViduOptions& options);

/// Makes the client that these options describe; `reactor`, on whose thread it works, outlives it,
/// and so do `observers`, which are told of every attempt.
/// Errors: kInvalidArgument naming every mistake, one a line.
absl::StatusOr<std::unique_ptr<OpenViduClient>> MakeOpenViduClient(
    const OpenViduOptions& options, Reactor& reactor,
    const std::vector<UpstreamObserver*>& observers = {});

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_OPENVIDU_OPTIONS_H_
