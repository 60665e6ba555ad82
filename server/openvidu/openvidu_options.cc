#include "server/openvidu/openvidu_options.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/flags.h"
#include "common/host_port.h"
#include "net/tls_client.h"
#include "server/openvidu/deployments.h"
#include "server/openvidu/http_openvidu_client.h"
#include "server/openvidu/openvidu_url.h"

namespace openvidu::token {

namespace {

/// What sessions are distributed by: the URL, however it is written.
std::string NameOf(const OpenViduUrl& url) {
  return absl::StrCat(url.tls ? "https://" : "http://",
                      FormatHostPort({absl::AsciiStrToLower(url.host), url.port}), url.path);
}

absl::StatusOr<std::unique_ptr<OpenViduClient>> MakeHttpClient(OpenViduUrl url,
                                                               const OpenViduOptions& options,
                                                               Reactor& reactor) {
  std::unique_ptr<TlsClient> tls;
  if (url.tls) {
    absl::StatusOr<std::unique_ptr<TlsClient>> made =
        TlsClient::Create(options.ca_file, !options.insecure_tls);
    if (!made.ok()) return made.status();
    tls = *std::move(made);
  }
  return std::make_unique<HttpOpenViduClient>(reactor, std::move(url), std::move(tls), options);
}

}  // namespace

std::vector<std::string> OpenViduOptions::all_urls() const {
  return urls.empty() ? std::vector<std::string>{url} : urls;
}

std::vector<std::string> OpenViduOptions::deployment_names() const {
  std::vector<std::string> names;
  for (const std::string& text : all_urls()) names.push_back(NameOf(*ParseOpenViduUrl(text)));
  return names;
}

absl::Status CheckOpenViduOptions(const OpenViduOptions& options) {
  std::vector<absl::Status> statuses;
  std::set<std::string> names;
  for (const std::string& text : options.all_urls()) {
    const absl::StatusOr<OpenViduUrl> url = ParseOpenViduUrl(text);
    statuses.push_back(url.status());
    if (url.ok() && !names.insert(NameOf(*url)).second) {
      statuses.push_back(
          absl::InvalidArgumentError(absl::StrCat("OpenVidu ", NameOf(*url), " is named twice")));
    }
  }
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

absl::StatusOr<std::unique_ptr<OpenViduClient>> MakeOpenViduClient(
    const OpenViduOptions& options, Reactor& reactor,
    const std::vector<UpstreamObserver*>& observers) {
  if (absl::Status mistakes = CheckOpenViduOptions(options); !mistakes.ok()) return mistakes;
  std::vector<Deployments::Deployment> deployments;
  for (const std::string& text : options.all_urls()) {
    absl::StatusOr<OpenViduUrl> url = ParseOpenViduUrl(text);
    if (!url.ok()) return url.status();
    std::string name = NameOf(*url);
    auto client = MakeHttpClient(*std::move(url), options, reactor);
    if (!client.ok()) return client.status();
    if (!observers.empty()) {
      *client = std::make_unique<ObservedOpenViduClient>(*std::move(client), deployments.size(),
                                                         observers);
    }
    deployments.push_back({std::move(name), *std::move(client)});
  }
  if (deployments.size() == 1) return std::move(deployments.front().client);
  return std::make_unique<Deployments>(std::move(deployments));
}

}  // namespace openvidu::token
