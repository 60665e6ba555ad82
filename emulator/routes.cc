#include "emulator/routes.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace openvidu::emulator {
namespace {

struct Handler {
  const char* method;
  const char* path;  // "{…}" stands for one segment
  Endpoint endpoint;
};

// In the order in which Spring lists the methods of one path in `Allow` [05] [07]. A fixed segment
// goes before a variable one.
constexpr Handler kHandlers[] = {
    {"GET", "/sessions", Endpoint::kGetSessions},
    {"POST", "/sessions", Endpoint::kPostSessions},
    {"GET", "/sessions/{id}", Endpoint::kGetSession},
    {"DELETE", "/sessions/{id}", Endpoint::kDeleteSession},
    {"POST", "/sessions/{id}/connection", Endpoint::kPostConnection},
    {"GET", "/sessions/{id}/connection", Endpoint::kGetConnections},
    {"DELETE", "/sessions/{id}/connection/{id}", Endpoint::kDeleteConnection},
    {"GET", "/sessions/{id}/connection/{id}", Endpoint::kGetConnection},
    {"DELETE", "/sessions/{id}/stream/{id}", Endpoint::kDeleteStream},
    {"POST", "/signal", Endpoint::kPostSignal},
    {"POST", "/tokens", Endpoint::kPostTokens},
    {"GET", "/recordings", Endpoint::kRecordings},
    {"POST", "/recordings/start", Endpoint::kPostRecordings},
    {"POST", "/recordings/stop/{id}", Endpoint::kRecordings},
    {"GET", "/recordings/{id}", Endpoint::kRecordings},
    {"DELETE", "/recordings/{id}", Endpoint::kRecordings},
    {"GET", "/config", Endpoint::kConfig},
    {"GET", "/config/openvidu-version", Endpoint::kConfigVersion},
    {"GET", "/config/openvidu-publicurl", Endpoint::kConfigPublicUrl},
    {"GET", "/config/openvidu-recording", Endpoint::kConfigRecording},
    {"GET", "/config/openvidu-recording-path", Endpoint::kConfigRecordingPath},
    {"GET", "/config/openvidu-cdr", Endpoint::kConfigCdr},
};

bool IsVariable(absl::string_view segment) { return absl::StartsWith(segment, "{"); }

bool Matches(absl::string_view pattern, const std::vector<std::string>& segments,
             std::vector<std::string>* parameters) {
  const std::vector<absl::string_view> parts = absl::StrSplit(pattern, '/');
  if (parts.size() != segments.size()) return false;
  parameters->clear();
  for (size_t i = 0; i < parts.size(); ++i) {
    if (IsVariable(parts[i])) {
      if (segments[i].empty()) return false;
      parameters->push_back(segments[i]);
    } else if (parts[i] != segments[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

Route MatchRoute(absl::string_view method, absl::string_view api_path) {
  const std::vector<std::string> segments = absl::StrSplit(api_path, '/');
  Route route;
  const absl::string_view wanted = method == "HEAD" ? absl::string_view("GET") : method;
  std::vector<std::string> parameters;
  for (const Handler& handler : kHandlers) {
    if (!Matches(handler.path, segments, &parameters)) continue;
    route.methods.emplace_back(handler.method);
    if (route.name == "other") route.name = absl::StrCat(method, " ", handler.path);
    if (handler.method != wanted || route.endpoint != Endpoint::kNone) continue;
    route.endpoint = handler.endpoint;
    route.name = absl::StrCat(method, " ", handler.path);
    route.parameters = parameters;
  }
  if (route.endpoint == Endpoint::kNone && !route.methods.empty()) {
    route.endpoint = method == "OPTIONS" ? Endpoint::kOptions : Endpoint::kWrongMethod;
  }
  return route;
}

std::string AllowAfterWrongMethod(const Route& route) { return absl::StrJoin(route.methods, ", "); }

std::string AllowAfterOptions(const Route& route) {
  std::vector<std::string> methods;
  for (const std::string& method : route.methods) {
    methods.push_back(method);
    if (method == "GET") methods.emplace_back("HEAD");
  }
  methods.emplace_back("OPTIONS");
  return absl::StrJoin(methods, ",");
}

}  // namespace openvidu::emulator
