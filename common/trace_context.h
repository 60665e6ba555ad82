#ifndef COMMON_TRACE_CONTEXT_H_
#define COMMON_TRACE_CONTEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// The header of W3C Trace Context (Recommendation of 2021-11-23) that names a span, and gRPC's
/// metadata that does.
inline constexpr char kTraceParentHeader[] = "traceparent";
/// The one with what others add to it.
inline constexpr char kTraceStateHeader[] = "tracestate";

/// A span, the trace that it is a part of, and the span that it is a child of.
struct TraceContext {
  uint64_t trace_high = 0;  ///< The first half of the trace's id.
  uint64_t trace_low = 0;   ///< The second half.
  uint64_t span = 0;        ///< 0: there is no trace.
  uint64_t parent = 0;      ///< 0: it is the first one, or its parent is not known here.
  bool sampled = false;     ///< Whether it is kept.
  std::string state;        ///< `tracestate`, which is passed on as it came. Empty: none.

  /// Whether there is one.
  bool exists() const { return span != 0; }
};

/// Reads the values of `traceparent` and `tracestate`, each as it came. The context does not exist
/// where the former is not one value of the standard's form; its state is empty where the latter is
/// not, or is longer than the 512 bytes that everybody has to take.
TraceContext ParseTraceContext(const std::vector<absl::string_view>& traceparent,
                               const std::vector<absl::string_view>& tracestate);

/// Returns the `traceparent` by which the span is told of as the parent of others; "" where there
/// is none.
std::string TraceParentOf(const TraceContext& trace);

/// Returns 32 hexadecimal digits, or "" where there is no trace.
std::string TraceIdOf(const TraceContext& trace);

/// Returns 16 hexadecimal digits.
std::string SpanIdText(uint64_t span);

}  // namespace openvidu::token

#endif  // COMMON_TRACE_CONTEXT_H_
