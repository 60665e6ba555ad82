#ifndef TELEMETRY_OTLP_JSON_H_
#define TELEMETRY_OTLP_JSON_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "telemetry/span.h"

namespace openvidu::token {

/// What spans come from: names and values.
using OtlpResource = std::vector<std::pair<std::string, std::string>>;

/// Returns the body of an OTLP/HTTP request (ExportTraceServiceRequest, opentelemetry-proto 1.x) in
/// its JSON form: ids in hexadecimal, 64-bit numbers as text. `resource` is what the spans come
/// from.
std::string OtlpJson(const OtlpResource& resource, const std::vector<Span>& spans);

/// Returns how many spans of a request a collector says that it refused, in the answer with which
/// it took the others; 0 where it says nothing.
uint64_t RejectedSpans(absl::string_view answer);

}  // namespace openvidu::token

#endif  // TELEMETRY_OTLP_JSON_H_
