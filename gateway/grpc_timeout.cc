#include "gateway/grpc_timeout.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

constexpr size_t kMaxDigits = 8;

struct Unit {
  char letter;
  absl::Duration length;
};

// Source: gRPC over HTTP2, "TimeoutUnit".
const Unit kUnits[] = {{'H', absl::Hours(1)},        {'M', absl::Minutes(1)},
                       {'S', absl::Seconds(1)},      {'m', absl::Milliseconds(1)},
                       {'u', absl::Microseconds(1)}, {'n', absl::Nanoseconds(1)}};

absl::Status Mistake() {
  return WithReason(
      WithField(absl::InvalidArgumentError(absl::StrCat(
                    "The header ", kGrpcTimeoutHeader,
                    " is one to eight digits and a unit, H, M, S, m, u or n, such as 5S or 250m")),
                kGrpcTimeoutHeader),
      "HEADER_INVALID");
}

}  // namespace

absl::StatusOr<absl::Duration> ParseGrpcTimeout(absl::string_view text) {
  if (text.size() < 2 || text.size() > kMaxDigits + 1) return Mistake();
  const absl::string_view digits = text.substr(0, text.size() - 1);
  int64_t number = 0;
  if (!std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(digits, &number)) {
    return Mistake();
  }
  for (const Unit& unit : kUnits) {
    if (unit.letter == text.back()) return number * unit.length;
  }
  return Mistake();
}

absl::StatusOr<absl::Duration> GrpcTimeoutOf(const httplib::Request& request) {
  const size_t count = request.get_header_value_count(kGrpcTimeoutHeader);
  if (count == 0) return absl::InfiniteDuration();
  if (count > 1) return Mistake();
  return ParseGrpcTimeout(request.get_header_value(kGrpcTimeoutHeader));
}

}  // namespace openvidu::token
