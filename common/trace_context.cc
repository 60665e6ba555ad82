#include "common/trace_context.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace openvidu::token {
namespace {

// `00-` 32 digits `-` 16 digits `-` 2 digits; a later version may add what begins with a dash.
constexpr size_t kTraceParentBytes = 55;
constexpr size_t kMaxStateBytes = 512;
constexpr size_t kMaxStateMembers = 32;
constexpr size_t kMaxKeyBytes = 256;
constexpr size_t kMaxTenantBytes = 241;
constexpr size_t kMaxSystemBytes = 14;
constexpr size_t kMaxValueBytes = 256;

/// Lowercase digits only, as the standard has them.
std::optional<uint64_t> ParseHex(absl::string_view digits) {
  uint64_t value = 0;
  for (const char c : digits) {
    const bool is_letter = c >= 'a' && c <= 'f';
    if (!is_letter && !absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    value = value * 16 + static_cast<uint64_t>(is_letter ? c - 'a' + 10 : c - '0');
  }
  return value;
}

TraceContext ParseTraceParent(absl::string_view text) {
  if (text.size() < kTraceParentBytes || text[2] != '-' || text[35] != '-' || text[52] != '-') {
    return {};
  }
  const auto version = ParseHex(text.substr(0, 2));
  const auto high = ParseHex(text.substr(3, 16));
  const auto low = ParseHex(text.substr(19, 16));
  const auto span = ParseHex(text.substr(36, 16));
  const auto flags = ParseHex(text.substr(53, 2));
  if (!version.has_value() || !high.has_value() || !low.has_value() || !span.has_value() ||
      !flags.has_value() || *version == 0xff) {
    return {};
  }
  const absl::string_view more = text.substr(kTraceParentBytes);
  if (!more.empty() && (*version == 0 || more[0] != '-')) return {};
  if ((*high == 0 && *low == 0) || *span == 0) return {};
  return {.trace_high = *high, .trace_low = *low, .span = *span, .sampled = (*flags & 1) != 0};
}

bool IsKeyPart(absl::string_view text, bool may_begin_with_digit, size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) return false;
  const auto first = static_cast<unsigned char>(text[0]);
  if (!absl::ascii_islower(first) && !(may_begin_with_digit && absl::ascii_isdigit(first))) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_islower(byte) || absl::ascii_isdigit(byte) || absl::StrContains("_-*/", c);
  });
}

bool IsKey(absl::string_view text) {
  const size_t at = text.find('@');
  if (at == absl::string_view::npos) return IsKeyPart(text, false, kMaxKeyBytes);
  return IsKeyPart(text.substr(0, at), true, kMaxTenantBytes) &&
         IsKeyPart(text.substr(at + 1), false, kMaxSystemBytes);
}

bool IsValue(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxValueBytes && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isprint(static_cast<unsigned char>(c)) && c != ',' && c != '=';
         });
}

std::string ParseTraceState(const std::vector<absl::string_view>& values) {
  std::vector<absl::string_view> members;
  std::vector<absl::string_view> keys;
  for (const absl::string_view value : values) {
    if (value.size() > kMaxStateBytes) return "";
    for (const absl::string_view part : absl::StrSplit(value, ',')) {
      const absl::string_view member = absl::StripAsciiWhitespace(part);
      if (member.empty()) continue;
      const size_t equals = member.find('=');
      if (equals == absl::string_view::npos || members.size() == kMaxStateMembers) return "";
      const absl::string_view key = member.substr(0, equals);
      if (!IsKey(key) || !IsValue(member.substr(equals + 1))) return "";
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) return "";
      keys.push_back(key);
      members.push_back(member);
    }
  }
  std::string state = absl::StrJoin(members, ",");
  return state.size() <= kMaxStateBytes ? state : "";
}

}  // namespace

TraceContext ParseTraceContext(const std::vector<absl::string_view>& traceparent,
                               const std::vector<absl::string_view>& tracestate) {
  if (traceparent.size() != 1) return {};
  TraceContext trace = ParseTraceParent(traceparent.front());
  if (trace.exists() && !tracestate.empty()) trace.state = ParseTraceState(tracestate);
  return trace;
}

std::string TraceParentOf(const TraceContext& trace) {
  if (!trace.exists()) return "";
  return absl::StrCat("00-", TraceIdOf(trace), "-", SpanIdText(trace.span),
                      trace.sampled ? "-01" : "-00");
}

std::string TraceIdOf(const TraceContext& trace) {
  if (!trace.exists()) return "";
  return absl::StrCat(absl::Hex(trace.trace_high, absl::kZeroPad16),
                      absl::Hex(trace.trace_low, absl::kZeroPad16));
}

std::string SpanIdText(uint64_t span) { return absl::StrCat(absl::Hex(span, absl::kZeroPad16)); }

}  // namespace openvidu::token
