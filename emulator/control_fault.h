#ifndef EMULATOR_CONTROL_FAULT_H_
#define EMULATOR_CONTROL_FAULT_H_

#include <nlohmann/json_fwd.hpp>

#include "absl/status/statusor.h"
#include "emulator/faults.h"

namespace openvidu::emulator {

/// Reads the body of POST /control/faults (emulator/README.md).
/// Errors: kInvalidArgument. A member of the wrong type is reported by nlohmann::json's exception.
absl::StatusOr<Fault> FaultFromJson(const nlohmann::json& body);

}  // namespace openvidu::emulator

#endif  // EMULATOR_CONTROL_FAULT_H_
