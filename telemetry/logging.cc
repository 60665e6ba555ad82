#include "telemetry/logging.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/flags.h"
#include "common/read_file.h"

namespace openvidu::token {
namespace {

absl::StatusOr<LogLevel> ReadLevel(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  absl::StatusOr<LogLevel> level =
      text.ok() ? ParseLogLevel(absl::StripAsciiWhitespace(*text)) : text.status();
  if (level.ok()) return level;
  return absl::InvalidArgumentError(absl::StrCat("log_level_file: ", level.status().message()));
}

void ReloadLevel(const std::string& path) {
  const absl::StatusOr<LogLevel> level = ReadLevel(path);
  if (!level.ok()) {
    return LogError(absl::StrCat("the log level before stays: ", level.status().message()));
  }
  // Told by whichever of both levels tells more.
  const bool is_more = !IsLogged(LogLevel::kInfo);
  if (is_more) SetLogLevel(*level);
  LogInfo("new log level", {{"level", LogLevelName(*level)}});
  SetLogLevel(*level);
}

}  // namespace

absl::Status Logging::Check(const LoggingOptions& options) {
  std::vector<absl::Status> statuses = {AccessLog::Check(options.access_log)};
  if (!options.level_file.empty()) statuses.push_back(ReadLevel(options.level_file).status());
  return AllMistakes(statuses);
}

absl::StatusOr<std::unique_ptr<Logging>> Logging::Start(const LoggingOptions& options,
                                                        Reactor& reactor) {
  if (absl::Status mistakes = Check(options); !mistakes.ok()) return mistakes;
  auto access_log = AccessLog::Open(options.access_log, options.format);
  if (!access_log.ok()) return access_log.status();
  SetLogFormat(options.format);
  SetLogLevel(options.level);
  std::unique_ptr<Logging> logging(new Logging(*std::move(access_log)));
  if (options.level_file.empty()) return logging;
  const std::string path = options.level_file;
  logging->level_watch_ =
      std::make_unique<FileWatch>(reactor, std::vector<std::string>{path}, options.reload_interval,
                                  [path] { ReloadLevel(path); });
  const absl::StatusOr<LogLevel> level = ReadLevel(path);
  if (!level.ok()) return level.status();
  SetLogLevel(*level);
  logging->level_watch_->Begin();
  return logging;
}

}  // namespace openvidu::token
