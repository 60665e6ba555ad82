#ifndef EMULATOR_JAVA_H_
#define EMULATOR_JAVA_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "emulator/json.h"

/// What Java and Gson make of values. OpenVidu's error messages quote it, so it is visible on the
/// wire.
namespace openvidu::emulator {

/// Which Java types a JSON value has: Jackson's (a request body), or Gson's, to which OpenVidu
/// converts defaultRecordingProperties (every number a Double, every object a LinkedTreeMap).
enum class JavaTypes { kJackson, kGson };

/// Returns the message of the ClassCastException of casting `value` to `target`, such as
/// "java.lang.String".
std::string CastMessage(const Json& value, absl::string_view target, JavaTypes types);

/// Double.toString(): "1.5", "100.0", "1.0E300".
std::string JavaDoubleText(double value);

/// JsonElement.toString() of Gson, and JsonPrimitive.getAsString() for scalars. Members that are
/// null are left out, as Gson.toJsonTree() does.
std::string GsonText(const Json& value);
std::string GsonScalarText(const Json& value);

/// Number.intValue() and Number.longValue(): integer literals keep their low bits, doubles are cut
/// and clamped.
int32_t JavaIntValue(const Json& number);
int64_t JavaLongValue(const Json& number);

/// Returns the double that Gson makes of any JSON number.
Json GsonNumber(const Json& number);

/// Whether any number in `value` is infinite, which Gson refuses to write.
bool HoldsInfinity(const Json& value);

}  // namespace openvidu::emulator

#endif  // EMULATOR_JAVA_H_
