#ifndef TELEMETRY_LOGGING_H_
#define TELEMETRY_LOGGING_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/access_log.h"
#include "common/log.h"
#include "net/file_watch.h"
#include "net/reactor.h"

namespace openvidu::token {

/// What a program writes about itself, and where.
struct LoggingOptions {
  LogFormat format = LogFormat::kText;
  LogLevel level = LogLevel::kInfo;
  /// File with the level in place of `level`, read again when it changes. Empty: none.
  std::string level_file;
  std::string access_log = "off";  ///< See AccessLog::Open.
  absl::Duration reload_interval = kFileWatchInterval;
};

/// The logs of a program that serves. While it lives nobody waits for where they go.
class Logging {
 public:
  /// Errors: kInvalidArgument naming every mistake, one a line.
  static absl::Status Check(const LoggingOptions& options);

  /// `reactor` outlives it; whoever has the access log does not. Errors: those of Check, and
  /// kInvalidArgument of an access log that cannot be written.
  static absl::StatusOr<std::unique_ptr<Logging>> Start(const LoggingOptions& options,
                                                        Reactor& reactor);

  AccessLog& access_log() { return *access_log_; }

  /// The lines of the log itself that were lost.
  uint64_t dropped() const { return background_.dropped(); }

 private:
  explicit Logging(std::unique_ptr<AccessLog> access_log) : access_log_(std::move(access_log)) {}

  BackgroundLog background_;
  const std::unique_ptr<AccessLog> access_log_;
  std::unique_ptr<FileWatch> level_watch_;  // null: there is no file
};

}  // namespace openvidu::token

#endif  // TELEMETRY_LOGGING_H_
