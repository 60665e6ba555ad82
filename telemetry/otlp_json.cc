#include "telemetry/otlp_json.h"

#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/json_text.h"
#include "common/version.h"

namespace openvidu::token {
namespace {

// By text and not by nlohmann-json: to make its values of a span takes ten times as long.

constexpr char kScope[] = "openvidu-token-service";
constexpr int kStatusError = 2;  // opentelemetry.proto.trace.v1.Status.STATUS_CODE_ERROR
constexpr int kSampled = 1;      // opentelemetry.proto.trace.v1.Span.flags, as the trace's own

void AppendText(absl::string_view member, absl::string_view text, std::string& json) {
  absl::StrAppend(&json, "\"", member, "\":");
  AppendJsonString(text, json);
}

/// Appends an object of a list, with a comma where it is not the first one.
void AppendAttribute(absl::string_view name, const std::variant<std::string, int64_t>& value,
                     std::string& json) {
  json += json.back() == '[' ? "{" : ",{";
  AppendText("key", name, json);
  if (const auto* const text = std::get_if<std::string>(&value); text != nullptr) {
    json += ",\"value\":{";
    AppendText("stringValue", *text, json);
  } else {
    absl::StrAppend(&json, ",\"value\":{\"intValue\":\"", std::get<int64_t>(value), "\"");
  }
  json += "}}";
}

void AppendSpan(const Span& span, std::string& json) {
  absl::StrAppend(&json, json.back() == '[' ? "" : ",", "{\"traceId\":\"", TraceIdOf(span.context),
                  "\",\"spanId\":\"", SpanIdText(span.context.span), "\",");
  if (span.context.parent != 0) {
    absl::StrAppend(&json, "\"parentSpanId\":\"", SpanIdText(span.context.parent), "\",");
  }
  if (!span.context.state.empty()) {
    AppendText("traceState", span.context.state, json);
    json += ',';
  }
  AppendText("name", span.name, json);
  absl::StrAppend(&json, ",\"flags\":", kSampled, ",\"kind\":", static_cast<int>(span.kind),
                  ",\"startTimeUnixNano\":\"", absl::ToUnixNanos(span.begin),
                  "\",\"endTimeUnixNano\":\"", absl::ToUnixNanos(span.end));
  json += "\",\"attributes\":[";
  for (const SpanAttribute& each : span.attributes) AppendAttribute(each.name, each.value, json);
  json += ']';
  if (span.failed) absl::StrAppend(&json, ",\"status\":{\"code\":", kStatusError, "}");
  json += '}';
}

}  // namespace

std::string OtlpJson(const OtlpResource& resource, const std::vector<Span>& spans) {
  std::string json = R"({"resourceSpans":[{"resource":{"attributes":[)";
  for (const auto& [name, value] : resource) AppendAttribute(name, value, json);
  absl::StrAppend(&json, R"(]},"scopeSpans":[{"scope":{"name":")", kScope, R"(","version":")",
                  TOKEN_VERSION, R"("},"spans":[)");
  for (const Span& span : spans) AppendSpan(span, json);
  json += "]}]}]}";
  return json;
}

uint64_t RejectedSpans(absl::string_view answer) {
  const auto json = nlohmann::json::parse(answer.begin(), answer.end(), nullptr, false);
  if (!json.is_object()) return 0;
  const auto partial = json.find("partialSuccess");
  if (partial == json.end() || !partial->is_object()) return 0;
  const auto rejected = partial->find("rejectedSpans");
  if (rejected == partial->end()) return 0;
  if (rejected->is_number_unsigned()) return rejected->get<uint64_t>();
  uint64_t number = 0;
  const bool is_number =
      rejected->is_string() && absl::SimpleAtoi(rejected->get<std::string>(), &number);
  return is_number ? number : 0;
}

}  // namespace openvidu::token
