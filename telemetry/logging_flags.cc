#include "telemetry/logging_flags.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {
namespace {

struct FormatFlag {
  LogFormat format = LogFormat::kText;
};

struct LevelFlag {
  LogLevel level = LogLevel::kInfo;
};

bool AbslParseFlag(absl::string_view text, FormatFlag* flag, std::string* error) {
  flag->format = text == "json" ? LogFormat::kJson : LogFormat::kText;
  if (text == "json" || text == "text") return true;
  *error = "it is text or json";
  return false;
}

std::string AbslUnparseFlag(const FormatFlag& flag) {
  return flag.format == LogFormat::kJson ? "json" : "text";
}

bool AbslParseFlag(absl::string_view text, LevelFlag* flag, std::string* error) {
  const absl::StatusOr<LogLevel> level = ParseLogLevel(text);
  if (level.ok()) {
    flag->level = *level;
  } else {
    *error = std::string(level.status().message());
  }
  return level.ok();
}

std::string AbslUnparseFlag(const LevelFlag& flag) { return std::string(LogLevelName(flag.level)); }

}  // namespace
}  // namespace openvidu::token

ABSL_FLAG(openvidu::token::FormatFlag, log_format, {},
          "How lines of the log and of the access log look: text, or json, an object a line.");
ABSL_FLAG(
    openvidu::token::LevelFlag, log_level, {},
    "What is logged, to stderr: debug, info, warning, error (each with all behind it) or off.");
ABSL_FLAG(std::string, log_level_file, "",
          "File with that word, in place of --log_level. Read again when it changes. Empty: none.");
ABSL_FLAG(std::string, access_log, "off",
          "Where a line goes for each request that is answered; stderr, stdout, a file's path, or "
          "off. docs/logging.md.");

namespace openvidu::token {

LoggingOptions LoggingOptionsFromFlags() {
  LoggingOptions options;
  options.format = absl::GetFlag(FLAGS_log_format).format;
  options.level = absl::GetFlag(FLAGS_log_level).level;
  options.level_file = absl::GetFlag(FLAGS_log_level_file);
  options.access_log = absl::GetFlag(FLAGS_access_log);
  SetLogFormat(options.format);
  SetLogLevel(options.level);
  return options;
}

}  // namespace openvidu::token
