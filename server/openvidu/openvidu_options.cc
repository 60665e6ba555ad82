#include "server/openvidu/openvidu_options.h"

#include <utility>
#include <vector>

#include "common/flags.h"
#include "net/tls_client.h"
#include "server/openvidu/http_openvidu_client.h"
#include "server/openvidu/openvidu_url.h"

namespace openvidu::token {

absl::Status CheckOpenViduOptions(const OpenViduOptions& options) {
  std::vector<absl::Status> statuses = {ParseOpenViduUrl(options.url).status()};
  // The system's authorities, of which there is nothing to check, take long to load.
  if (!options.ca_file.empty()) {
    statuses.push_back(TlsClient::Create(options.ca_file, !options.insecure_tls).status());
  }
  const auto require = [&statuses](bool holds, absl::string_view mistake) {
    if (!holds) statuses.push_back(absl::InvalidArgumentError(mistake));
  };
  require(!options.secret.empty(), "the secret of OpenVidu is empty");
  require(options.max_connections >= 1, "at least one connection to OpenVidu is needed");
  require(options.max_in_flight >= 0 && options.max_in_flight <= options.max_connections,
          "openvidu_max_in_flight is from 0 to openvidu_max_connections");
  require(options.max_queue_delay >= absl::ZeroDuration(),
          "openvidu_max_queue_delay must not be negative");
  require(options.burst_window >= absl::ZeroDuration(),
          "openvidu_burst_window must not be negative");
  require(options.max_waiting >= 0, "the number of waiting requests must not be negative");
  require(options.suspect_after >= absl::ZeroDuration(),
          "openvidu_suspect_after must not be negative");
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<OpenViduClient>> MakeOpenViduClient(const OpenViduOptions& options,
                                                                   Reactor& reactor) {
  if (absl::Status mistakes = CheckOpenViduOptions(options); !mistakes.ok()) return mistakes;
  absl::StatusOr<OpenViduUrl> url = ParseOpenViduUrl(options.url);
  if (!url.ok()) return url.status();
  std::unique_ptr<TlsClient> tls;
  if (url->tls) {
    absl::StatusOr<std::unique_ptr<TlsClient>> made =
        TlsClient::Create(options.ca_file, !options.insecure_tls);
    if (!made.ok()) return made.status();
    tls = *std::move(made);
  }
  return std::make_unique<HttpOpenViduClient>(reactor, *std::move(url), std::move(tls), options);
}

}  // namespace openvidu::token
