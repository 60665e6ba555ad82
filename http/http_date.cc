#include "http/http_date.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace openvidu::token {
namespace {

// Not %a and %b of strftime: they follow the locale.
constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string FormatHttpDate(std::time_t time) {
  std::tm tm{};
  gmtime_r(&time, &tm);
  char text[64];
  std::snprintf(text, sizeof(text), "%s, %02d %s %d %02d:%02d:%02d GMT", kDays[tm.tm_wday],
                tm.tm_mday, kMonths[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                tm.tm_sec);
  return text;
}

std::optional<std::time_t> ParseHttpDate(absl::string_view text) {
  char month[4] = "";
  std::tm tm{};
  if (std::sscanf(std::string(text).c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &tm.tm_mday,
                  month, &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6) {
    return std::nullopt;
  }
  const auto* const found = std::find(std::begin(kMonths), std::end(kMonths), std::string(month));
  if (found == std::end(kMonths)) return std::nullopt;
  tm.tm_mon = static_cast<int>(found - std::begin(kMonths));
  tm.tm_year -= 1900;
  const std::time_t time = timegm(&tm);
  // What is written otherwise than we would, such as a 31st of February, is no date.
  if (FormatHttpDate(time) != text) return std::nullopt;
  return time;
}

}  // namespace openvidu::token
