#include "emulator/control.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "emulator/control_fault.h"
#include "emulator/percent.h"

namespace openvidu::emulator {
namespace {

using nlohmann::json;

HttpResponse Reply(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(text);
  return response;
}

// A request's body need not be UTF-8, but an answer's has to be.
HttpResponse Reply(const json& value) {
  return Reply(200, value.dump(-1, ' ', false, json::error_handler_t::replace));
}

HttpResponse Done() { return Reply(200, "{}"); }

HttpResponse Mistake(int status, const std::string& text) {
  return Reply(status, json{{"error", text}}.dump(-1, ' ', false, json::error_handler_t::replace));
}

HttpResponse FromStatus(const absl::Status& status) {
  if (status.ok()) return Done();
  return Mistake(404, std::string(status.message()));
}

absl::Duration MillisecondsOf(const json& body, const char* name, int64_t default_value) {
  return absl::Milliseconds(body.value(name, default_value));
}

}  // namespace

HttpResponse ControlSurface::Handle(const HttpRequest& request, RequestBody& body) {
  const absl::StatusOr<std::string>& text = body.Read();
  if (!text.ok()) return Mistake(400, "the body did not arrive");
  const json parsed =
      text->empty() ? json::object() : json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return Mistake(400, "the body is no JSON object");
  for (const auto& [name, value] : parsed.items()) {
    if (value.is_number() && value < 0) return Mistake(400, absl::StrCat(name, " is negative"));
  }
  // nlohmann::json reports a member of the wrong type by an exception, which must not leave this
  // function.
  try {
    return Answer(absl::StrCat(request.method, " ", PercentDecoded(request.path)), parsed);
  } catch (const json::exception& error) {
    return Mistake(400, error.what());
  }
}

HttpResponse ControlSurface::Answer(const std::string& what, const json& body) {
  if (what == "GET /control/requests") return GetRequests();
  if (what == "DELETE /control/requests") {
    upstream_.log().Clear();
    return Done();
  }
  if (what == "GET /control/log") return GetLog();
  if (what == "GET /control/state") return GetState();
  if (what == "POST /control/faults") return PostFault(body);
  if (what == "DELETE /control/faults") {
    upstream_.faults().Clear();
    return Done();
  }
  if (what == "POST /control/latency") {
    upstream_.SetLatency(MillisecondsOf(body, "ms", 0));
    return Done();
  }
  if (what == "POST /control/cost") {
    upstream_.cost().Set(MillisecondsOf(body, "cpu_ms", 0), body.value("concurrency", 0));
    return Done();
  }
  if (what == "POST /control/restart") {
    Restart();
    return Done();
  }
  return AnswerSession(what, body);
}

HttpResponse ControlSurface::AnswerSession(const std::string& what, const json& body) {
  // "POST /control/sessions/<id>/<verb>"
  const std::vector<std::string> parts = absl::StrSplit(what, '/');
  if (parts.size() != 5 || !absl::StartsWith(what, "POST /control/sessions/")) {
    return Mistake(404, absl::StrCat("no such control: ", what));
  }
  const std::string& session_id = parts[3];
  const std::string& verb = parts[4];
  if (verb == "join") {
    const absl::StatusOr<std::string> connection =
        upstream_.store().Join(session_id, body.value("token", ""), body.value("clientData", ""),
                               body.value("platform", "Chrome 120.0 on Linux"));
    return connection.ok() ? Reply(200, *connection) : FromStatus(connection.status());
  }
  const std::string connection_id = body.value("connectionId", "");
  if (verb == "leave") return FromStatus(upstream_.store().Leave(session_id, connection_id));
  if (verb == "publish") {
    const absl::StatusOr<std::string> stream = upstream_.store().Publish(session_id, connection_id);
    return stream.ok() ? Reply(json{{"streamId", *stream}}) : FromStatus(stream.status());
  }
  return Mistake(404, absl::StrCat("no such control: ", what));
}

HttpResponse ControlSurface::PostFault(const json& body) {
  const std::string name = body.value("fault", "");
  if (name == "close_idle") {
    server_.CutIdle();
    return Done();
  }
  if (name == "refuse") {
    server_.RefuseFor(MillisecondsOf(body, "duration_ms", 1000));
    return Done();
  }
  const absl::StatusOr<Fault> fault = FaultFromJson(body);
  if (!fault.ok()) return Mistake(400, std::string(fault.status().message()));
  upstream_.faults().Add(*fault);
  return Done();
}

HttpResponse ControlSurface::GetRequests() { return Reply(json(upstream_.log().Counts())); }

HttpResponse ControlSurface::GetLog() {
  json records = json::array();
  for (const RequestRecord& record : upstream_.log().Records()) {
    records.push_back({{"endpoint", record.endpoint},
                       {"method", record.method},
                       {"path", record.target},
                       {"body", record.body},
                       {"status", record.status},
                       {"authenticated", record.is_authenticated}});
  }
  return Reply(json{{"requests", std::move(records)}});
}

HttpResponse ControlSurface::GetState() {
  const SessionStore::Counts counts = upstream_.store().Count();
  return Reply(json{{"sessions", counts.sessions}, {"connections", counts.connections}});
}

void ControlSurface::Restart() {
  server_.StopListening();
  server_.CutAll();
  upstream_.Forget();
  server_.ResumeListening();
}

}  // namespace openvidu::emulator
