#ifndef EMULATOR_ROUTES_H_
#define EMULATOR_ROUTES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// What the REST API can be asked for.
enum class Endpoint {
  kNone,  ///< No such path.
  kWrongMethod,
  kOptions,
  kPostSessions,
  kGetSessions,
  kGetSession,
  kDeleteSession,
  kPostConnection,
  kGetConnections,
  kGetConnection,
  kDeleteConnection,
  kDeleteStream,
  kPostSignal,
  kPostTokens,
  kRecordings,      ///< Any that answers 501 at once.
  kPostRecordings,  ///< Looks at its body before.
  kConfig,
  kConfigVersion,
  kConfigPublicUrl,
  kConfigRecording,
  kConfigRecordingPath,
  kConfigCdr,
};

/// A path and method matched against the API.
struct Route {
  Endpoint endpoint = Endpoint::kNone;
  /// "POST /sessions/{id}/connection": what the control surface counts by; "other" outside the API.
  std::string name = "other";
  std::vector<std::string> parameters;  ///< The path variables.
  /// The methods of the path in Spring's order; what `Allow` says.
  std::vector<std::string> methods;
};

/// Matches a decoded path below `/openvidu/api`, such as "/sessions/x". HEAD goes wherever GET
/// does.
Route MatchRoute(absl::string_view method, absl::string_view api_path);

/// The value of `Allow` after a wrong method ("GET, POST") and after OPTIONS
/// ("GET,HEAD,POST,OPTIONS").
std::string AllowAfterWrongMethod(const Route& route);
std::string AllowAfterOptions(const Route& route);

}  // namespace openvidu::emulator

#endif  // EMULATOR_ROUTES_H_
