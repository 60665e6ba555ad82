#include "server/openvidu/openvidu_options.h"

#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/openvidu/http_openvidu_client.h"
#include "server/openvidu/openvidu_url.h"
#include "server/openvidu/tls_context.h"

namespace openvidu::token {

absl::StatusOr<std::unique_ptr<OpenViduClient>> MakeOpenViduClient(const OpenViduOptions& options) {
  std::vector<std::string> mistakes;
  absl::StatusOr<OpenViduUrl> url = ParseOpenViduUrl(options.url);
  if (!url.ok()) mistakes.emplace_back(url.status().message());
  if (options.secret.empty()) mistakes.emplace_back("the secret of OpenVidu is empty");
  if (options.max_connections < 1)
    mistakes.emplace_back("at least one connection to OpenVidu is needed");
  absl::StatusOr<TlsContext> tls = MakeTlsContext(options.ca_file, !options.insecure_tls);
  if (!tls.ok()) mistakes.emplace_back(tls.status().message());
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));

  return std::make_unique<HttpOpenViduClient>(*std::move(url), *std::move(tls), options);
}

}  // namespace openvidu::token
