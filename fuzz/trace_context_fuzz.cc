// Input: the values of `traceparent` and of `tracestate`, a line each; what follows the second line is one more value of
// the latter. What a stranger sends goes on to the token server and to OpenVidu: it has to be of the standard's form, and
// to be read as the same there.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/trace_context.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  const absl::string_view parent = input.TakeLine();
  const absl::string_view state = input.TakeLine();
  const TraceContext trace = ParseTraceContext({parent}, {state, input.rest()});
  const std::string text = TraceParentOf(trace);
  FUZZ_CHECK(trace.exists() == (text.size() == 55));
  if (!trace.exists()) {
    FUZZ_CHECK(text.empty() && trace.state.empty());
    return 0;
  }
  FUZZ_CHECK(parent.substr(2, 51) == absl::string_view(text).substr(2, 51));
  FUZZ_CHECK(trace.state.size() <= 512);
  FUZZ_CHECK(std::all_of(trace.state.begin(), trace.state.end(), absl::ascii_isprint));
  const TraceContext again = ParseTraceContext({text}, {trace.state});
  FUZZ_CHECK(TraceParentOf(again) == text && again.state == trace.state);
  return 0;
}
