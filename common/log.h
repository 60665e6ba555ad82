#ifndef COMMON_LOG_H_
#define COMMON_LOG_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// How much is logged: this and all that comes after it.
enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

/// How a line looks.
enum class LogFormat {
  kText,  ///< `2026-01-31T12:00:00.000Z info text name=value`
  kJson,  ///< `{"time":"2026-01-31T12:00:00.000Z","level":"info","message":"text","name":"value"}`
};

/// Errors: kInvalidArgument naming what there is.
absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view text);
absl::string_view LogLevelName(LogLevel level);

/// Something that a line tells beside its text. Left out where the value is empty.
struct LogField {
  absl::string_view name;
  absl::string_view value;
};
using LogFields = std::initializer_list<LogField>;

/// Log lines go to stderr, one a line, with an RFC 3339 UTC time and a level. Thread-safe. Text
/// and values from outside are made printable, or escaped, and cut, so that nobody can forge a line
/// or a field. Never pass a secret or a token.
void LogDebug(absl::string_view text, LogFields fields = {});
void LogInfo(absl::string_view text, LogFields fields = {});
void LogWarning(absl::string_view text, LogFields fields = {});
void LogError(absl::string_view text, LogFields fields = {});

/// Whether lines of this level are written: worth to ask before one is made that seldom is.
bool IsLogged(LogLevel level);

/// From the next line on. At first it is kInfo and kText.
void SetLogLevel(LogLevel level);
void SetLogFormat(LogFormat format);

/// While it lives, nobody waits for stderr: a thread writes the lines, and those that it cannot
/// write are counted. Before and after that a line is written when its call returns, so that none
/// is lost of a program that fails at its start. One at a time.
class BackgroundLog {
 public:
  BackgroundLog();
  /// Writes what waits.
  ~BackgroundLog();

  BackgroundLog(const BackgroundLog&) = delete;
  BackgroundLog& operator=(const BackgroundLog&) = delete;

  /// The lines that were lost.
  uint64_t dropped() const;

 private:
  std::atomic<bool> ending_{false};
  std::shared_ptr<class LineWriter> writer_;
};

// What other logs are made of.

/// Appends an RFC 3339 UTC time, after 1970, with milliseconds. Cheap.
void AppendLogTime(absl::Time time, std::string& line);

/// Returns `text` with every byte outside printable ASCII as \xNN and at most `max_bytes` of it.
std::string Printable(absl::string_view text, size_t max_bytes = 2000);

/// Appends `,"name":"value"` in JSON, or ` name=value` in text, where a value that would look like
/// more than one is quoted; nothing where the value is empty. At most `max_bytes` of it.
void AppendLogField(LogFormat format, const LogField& field, std::string& line,
                    size_t max_bytes = 512);

}  // namespace openvidu::token

#endif  // COMMON_LOG_H_
