#include "common/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

spdlog::logger& Logger() {
  static spdlog::logger& logger = *[] {
    auto* made = new spdlog::logger("token", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return logger;
}

void Log(spdlog::level::level_enum level, absl::string_view text) {
  const std::string line = Printable(text);
  Logger().log(level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void LogInfo(absl::string_view text) { Log(spdlog::level::info, text); }
void LogWarning(absl::string_view text) { Log(spdlog::level::warn, text); }
void LogError(absl::string_view text) { Log(spdlog::level::err, text); }

std::string Printable(absl::string_view text, size_t max_bytes) {
  std::string printable;
  for (const char c : text.substr(0, max_bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      printable += c;
    } else {
      absl::StrAppend(&printable, "\\x", absl::Hex(byte, absl::kZeroPad2));
    }
  }
  if (text.size() > max_bytes) printable += "…";
  return printable;
}

}  // namespace openvidu::token
