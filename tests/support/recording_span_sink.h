#ifndef TESTS_SUPPORT_RECORDING_SPAN_SINK_H_
#define TESTS_SUPPORT_RECORDING_SPAN_SINK_H_

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "telemetry/span.h"

namespace openvidu::token {

/// Keeps the spans that it takes. Thread-safe.
class RecordingSpanSink final : public SpanSink {
 public:
  void Add(Span span) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    spans_.push_back(std::move(span));
  }
  std::vector<Span> spans() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return spans_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Span> spans_;
};

/// A span's attributes, numbers as text.
inline std::map<std::string, std::string> AttributesOf(const Span& span) {
  std::map<std::string, std::string> attributes;
  for (const SpanAttribute& each : span.attributes) {
    const auto* const text = std::get_if<std::string>(&each.value);
    attributes[std::string(each.name)] =
        text != nullptr ? *text : absl::StrCat(std::get<int64_t>(each.value));
  }
  return attributes;
}

}  // namespace openvidu::token

#endif  // TESTS_SUPPORT_RECORDING_SPAN_SINK_H_
