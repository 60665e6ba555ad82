#ifndef TELEMETRY_SPAN_H_
#define TELEMETRY_SPAN_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/trace_context.h"

namespace openvidu::token {

/// A fact of a span, by OpenTelemetry's semantic conventions.
struct SpanAttribute {
  absl::string_view name;  ///< Of static storage.
  std::variant<std::string, int64_t> value;
};

/// A piece of work that has ended. It holds no secret, no token, and no session's id.
struct Span {
  /// As in opentelemetry.proto.trace.v1.Span.SpanKind.
  enum class Kind { kServer = 2, kClient = 3 };

  /// Adds an attribute, of a name of static storage; nothing where there is nothing to tell.
  void Tell(absl::string_view attribute, absl::string_view text) {
    if (!text.empty()) attributes.push_back({attribute, std::string(text)});
  }
  void Tell(absl::string_view attribute, int64_t number) {
    attributes.push_back({attribute, number});
  }

  TraceContext context;
  Kind kind;
  std::string name;
  absl::Time begin;
  absl::Time end;
  bool failed = false;  ///< By fault of who did it.
  std::vector<SpanAttribute> attributes;
};

/// Takes spans. Thread-safe.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  /// Does not wait.
  virtual void Add(Span span) = 0;
};

}  // namespace openvidu::token

#endif  // TELEMETRY_SPAN_H_
