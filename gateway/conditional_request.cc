#include "gateway/conditional_request.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "http/http_date.h"

namespace openvidu::token {
namespace {

// Weak comparison: what a proxy has weakened still names this version.
bool NamesVersion(absl::string_view list, absl::string_view etag) {
  for (absl::string_view one : absl::StrSplit(list, ',')) {
    one = absl::StripAsciiWhitespace(one);
    absl::ConsumePrefix(&one, "W/");
    if (one == etag || one == "*") return true;
  }
  return false;
}

// Whether the client's parts are of this version, so that another part fits them.
bool MayContinue(const httplib::Request& request, const Validators& validators) {
  if (!request.has_header("If-Range")) return true;
  const std::string version = request.get_header_value("If-Range");
  return version == validators.etag ||
         (validators.last_modified != 0 && ParseHttpDate(version) == validators.last_modified);
}

// Digits only, as the grammar has it; one that is beyond the type is as good as the largest.
std::optional<uint64_t> Number(absl::string_view digits) {
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) {
    return std::nullopt;
  }
  uint64_t number = 0;
  return absl::SimpleAtoi(digits, &number) ? number : UINT64_MAX;
}

}  // namespace

void SetValidators(const Validators& validators, httplib::Response& response) {
  response.set_header("ETag", validators.etag);
  if (validators.last_modified != 0) {
    response.set_header("Last-Modified", FormatHttpDate(validators.last_modified));
  }
}

bool HasVersion(const httplib::Request& request, const Validators& validators) {
  const size_t values = request.get_header_value_count("If-None-Match");
  for (size_t i = 0; i < values; ++i) {
    if (NamesVersion(request.get_header_value("If-None-Match", i), validators.etag)) return true;
  }
  if (values > 0 || validators.last_modified == 0) return false;
  const std::optional<std::time_t> since =
      ParseHttpDate(request.get_header_value("If-Modified-Since"));
  return since.has_value() && validators.last_modified <= *since;
}

ByteRange RangeOf(const httplib::Request& request, const Validators& validators, uint64_t size) {
  if (request.method != "GET" || request.get_header_value_count("Range") != 1 ||
      !MayContinue(request, validators)) {
    return {};
  }
  const std::string header = request.get_header_value("Range");
  absl::string_view range = header;
  if (!absl::ConsumePrefix(&range, "bytes=")) return {};
  const std::vector<absl::string_view> ends = absl::StrSplit(range, '-');
  if (ends.size() != 2) return {};
  const std::optional<uint64_t> first = Number(ends[0]);
  const std::optional<uint64_t> last = Number(ends[1]);
  if (!first.has_value()) {  // the last so many bytes
    if (!ends[0].empty() || !last.has_value()) return {};
    const uint64_t length = std::min(*last, size);
    if (length == 0) return {.kind = ByteRange::Kind::kNotSatisfiable};
    return {ByteRange::Kind::kPart, size - length, length};
  }
  if (!last.has_value() && !ends[1].empty()) return {};
  if (last.has_value() && *last < *first) return {};
  if (*first >= size) return {.kind = ByteRange::Kind::kNotSatisfiable};
  const uint64_t end = std::min(last.value_or(size - 1), size - 1);
  return {ByteRange::Kind::kPart, *first, end - *first + 1};
}

}  // namespace openvidu::token
