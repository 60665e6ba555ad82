#include "emulator/control_fault.h"

#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace openvidu::emulator {

using nlohmann::json;

absl::StatusOr<Fault> FaultFromJson(const json& body) {
  Fault fault;
  const std::string name = body.value("fault", "");
  const absl::optional<Fault::Kind> kind = FaultKindFromName(name);
  if (!kind.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("no such fault: '", name, "'"));
  }
  fault.kind = *kind;
  if (const auto match = body.find("match"); match != body.end()) {
    fault.method = match->value("method", "");
    fault.path = match->value("path", "");
  }
  fault.times = body.value("times", fault.times);
  fault.skip = body.value("skip", fault.skip);
  fault.duration =
      absl::Milliseconds(body.value("duration_ms", absl::ToInt64Milliseconds(fault.duration)));
  const std::string then = body.value("then", "continue");
  if (then != "continue" && then != "close") {
    return absl::InvalidArgumentError("'then' is neither 'continue' nor 'close'");
  }
  fault.then_close = then == "close";
  fault.interval =
      absl::Milliseconds(body.value("interval_ms", absl::ToInt64Milliseconds(fault.interval)));
  fault.status = body.value("status", fault.status);
  fault.body = body.value("body", "");
  if (const auto headers = body.find("headers"); headers != body.end()) {
    for (const auto& [header, value] : headers->items()) {
      fault.headers.push_back({header, value.get<std::string>()});
    }
  }
  fault.bytes = body.value("bytes", fault.bytes);
  if (fault.status < 200 || fault.status > 599) {
    return absl::InvalidArgumentError("'status' is not 200…599");
  }
  return fault;
}

}  // namespace openvidu::emulator
