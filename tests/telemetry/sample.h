#ifndef TESTS_TELEMETRY_SAMPLE_H_
#define TESTS_TELEMETRY_SAMPLE_H_

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace openvidu::token {

/// The value of a sample in Prometheus's text format, such as `a_total{b="c"}`; -1: it is not
/// there.
inline double Sample(const std::string& text, const std::string& sample) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    double value = 0;
    if (absl::ConsumePrefix(&line, absl::StrCat(sample, " ")) && absl::SimpleAtod(line, &value)) {
      return value;
    }
  }
  return -1;
}

}  // namespace openvidu::token

#endif  // TESTS_TELEMETRY_SAMPLE_H_
