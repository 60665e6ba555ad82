#include "telemetry/tracer.h"

#include <cstdint>

#include "absl/random/random.h"

namespace openvidu::token {
namespace {

uint64_t RandomId() {
  thread_local absl::BitGen random;
  return absl::Uniform<uint64_t>(absl::IntervalClosed, random, 1, UINT64_MAX);
}

}  // namespace

TraceContext Tracer::Begin(const TraceContext& parent) const {
  TraceContext span = parent;
  span.parent = parent.span;
  span.span = RandomId();
  if (parent.exists()) return span;
  span.trace_high = RandomId();
  span.trace_low = RandomId();
  span.sampled = IsKept(span.trace_low);
  return span;
}

// As the SDKs of OpenTelemetry have it (TraceIdRatioBased): by 63 bits of the id.
bool Tracer::IsKept(uint64_t trace_low) const {
  constexpr double kAll = 9223372036854775808.0;  // 2^63
  return static_cast<double>(trace_low >> 1) < ratio_ * kAll;
}

}  // namespace openvidu::token
