#ifndef TELEMETRY_TRACER_H_
#define TELEMETRY_TRACER_H_

#include "telemetry/span.h"

namespace openvidu::token {

/// Begins spans and decides which are kept: the child of one that comes from outside is where that
/// one is, and of the others the given part, by the trace's id, so that all of a trace is kept or
/// none of it. What is needed at a span's end is in its context: nothing is kept here meanwhile.
/// Thread-safe.
class Tracer {
 public:
  /// Borrows `sink`. `ratio`: from 0 to 1.
  Tracer(double ratio, SpanSink& sink) : ratio_(ratio), sink_(sink) {}

  /// Begins a span: a child of `parent`, or, where that does not exist, the first one of a trace.
  TraceContext Begin(const TraceContext& parent) const;

  /// Keeps `span`, which has ended. Not of one that is not sampled: to make it would be a waste.
  void End(Span span) const { sink_.Add(std::move(span)); }

 private:
  bool IsKept(uint64_t trace_low) const;

  const double ratio_;
  SpanSink& sink_;
};

}  // namespace openvidu::token

#endif  // TELEMETRY_TRACER_H_
