#ifndef EMULATOR_API_H_
#define EMULATOR_API_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "emulator/api_answer.h"
#include "emulator/http_message.h"
#include "emulator/json.h"
#include "emulator/routes.h"
#include "emulator/session_store.h"

namespace openvidu::emulator {

/// What tokens and /config name.
struct ApiConfig {
  std::string domain = "localhost";
  int https_port = 4443;
  absl::Duration garbage_interval = absl::Seconds(900);
  absl::Duration garbage_threshold = absl::Seconds(3600);
};

/// Returns "<scheme>://<domain>[:port]"; 443 is not named.
std::string PublicUrl(absl::string_view scheme, const ApiConfig& config);

/// OpenVidu's controllers: the endpoints themselves (openvidu-rest.md §2 to §5). Thread-safe.
class Api {
 public:
  /// `store` outlives this.
  Api(SessionStore& store, ApiConfig config, std::function<absl::Time()> clock);

  /// Answers a request whose sender is known and whose route is an endpoint.
  ApiAnswer Answer(const Route& route, const HttpRequest& request, RequestBody& body);

 private:
  ApiAnswer PostSessions(const HttpRequest& request, RequestBody& body);
  ApiAnswer GetSessions(const Route& route, const HttpRequest& request);
  ApiAnswer PostConnection(const std::string& session_id, const HttpRequest& request,
                           RequestBody& body);
  ApiAnswer GetConnections(const std::string& session_id, const HttpRequest& request);
  ApiAnswer PostTokens(const HttpRequest& request, RequestBody& body);
  ApiAnswer PostSignal(const HttpRequest& request, RequestBody& body);
  ApiAnswer PostRecordings(const HttpRequest& request, RequestBody& body);
  ApiAnswer GetConfig(Endpoint endpoint) const;

  SessionStore& store_;
  const ApiConfig config_;
  const std::function<absl::Time()> clock_;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_API_H_
