#include "common/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/json_text.h"
#include "common/line_writer.h"
#include "common/write_all.h"

namespace openvidu::token {
namespace {

constexpr size_t kMaxMessageBytes = 2000;

struct Row {
  LogLevel level;
  absl::string_view name;
  spdlog::level::level_enum theirs;
};

constexpr Row kRows[] = {{LogLevel::kDebug, "debug", spdlog::level::debug},
                         {LogLevel::kInfo, "info", spdlog::level::info},
                         {LogLevel::kWarning, "warning", spdlog::level::warn},
                         {LogLevel::kError, "error", spdlog::level::err},
                         {LogLevel::kOff, "off", spdlog::level::off}};

const Row& RowOf(LogLevel level) { return kRows[static_cast<size_t>(level)]; }

/// Writes a line at once, or hands it to a writer.
class Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void set_writer(std::shared_ptr<LineWriter> writer) {
    const std::lock_guard<std::mutex> lock(mutex_);
    writer_.swap(writer);
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    line_.clear();
    formatter_->format(message, line_);
    if (writer_ != nullptr) return writer_->Write(absl::string_view(line_.data(), line_.size()));
    line_.push_back('\n');
    WriteAll(STDERR_FILENO, absl::string_view(line_.data(), line_.size()));
  }
  void flush_() override {}

  std::shared_ptr<LineWriter> writer_;
  spdlog::memory_buf_t line_;
};

std::unique_ptr<spdlog::formatter> FormatterOf(LogFormat format) {
  return std::make_unique<spdlog::pattern_formatter>(
      format == LogFormat::kText ? "%Y-%m-%dT%H:%M:%S.%eZ %l %v"
                                 : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%v})",
      spdlog::pattern_time_type::utc, "");
}

struct Logger {
  std::shared_ptr<Sink> sink = std::make_shared<Sink>();
  spdlog::logger logger{"token", sink};
  std::atomic<LogFormat> format{LogFormat::kText};
};

// Lives as long as whatever may still log.
Logger& TheLogger() {
  static Logger& logger = *[] {
    auto* made = new Logger();
    made->sink->set_formatter(FormatterOf(made->format));
    return made;
  }();
  return logger;
}

/// With its level and time before it and, in JSON, the end behind it, it is a line.
std::string Payload(LogFormat format, absl::string_view text, LogFields fields) {
  std::string payload;
  if (format == LogFormat::kText) {
    payload = Printable(text, kMaxMessageBytes);
  } else {
    AppendJsonString(text.substr(0, kMaxMessageBytes), payload);
  }
  for (const LogField& field : fields) AppendLogField(format, field, payload);
  return payload;
}

void Log(LogLevel level, absl::string_view text, LogFields fields) {
  Logger& log = TheLogger();
  if (!log.logger.should_log(RowOf(level).theirs)) return;
  const std::string payload = Payload(log.format, text, fields);
  log.logger.log(RowOf(level).theirs, spdlog::string_view_t(payload.data(), payload.size()));
}

/// Whether it stands for itself in a line of text.
bool IsWord(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '"' && c != '=' && c != '\\';
  });
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view text) {
  for (const Row& row : kRows) {
    if (row.name == text) return row.level;
  }
  return absl::InvalidArgumentError("a log level is debug, info, warning, error or off");
}

absl::string_view LogLevelName(LogLevel level) { return RowOf(level).name; }

void LogDebug(absl::string_view text, LogFields fields) { Log(LogLevel::kDebug, text, fields); }
void LogInfo(absl::string_view text, LogFields fields) { Log(LogLevel::kInfo, text, fields); }
void LogWarning(absl::string_view text, LogFields fields) { Log(LogLevel::kWarning, text, fields); }
void LogError(absl::string_view text, LogFields fields) { Log(LogLevel::kError, text, fields); }

bool IsLogged(LogLevel level) { return TheLogger().logger.should_log(RowOf(level).theirs); }

void SetLogLevel(LogLevel level) { TheLogger().logger.set_level(RowOf(level).theirs); }

void SetLogFormat(LogFormat format) {
  Logger& log = TheLogger();
  log.format = format;
  log.sink->set_formatter(FormatterOf(format));
}

BackgroundLog::BackgroundLog() {
  const auto lost = [this](uint64_t lines) {
    // At its end a line would be written by who logs it, and wait for a reader that there is not.
    if (!ending_) LogWarning("lines of this log were lost", {{"lines", absl::StrCat(lines)}});
  };
  writer_ = std::make_shared<LineWriter>(STDERR_FILENO, false, LineWriterOptions{.lost = lost});
  TheLogger().sink->set_writer(writer_);
}

BackgroundLog::~BackgroundLog() {
  ending_ = true;
  TheLogger().sink->set_writer(nullptr);
}

uint64_t BackgroundLog::dropped() const { return writer_->dropped(); }

void AppendLogTime(absl::Time time, std::string& line) {
  thread_local int64_t formatted = -1;
  thread_local std::string seconds;
  const int64_t ms = absl::ToUnixMillis(time);
  if (const int64_t second = ms / 1000; second != formatted) {
    seconds = absl::FormatTime("%Y-%m-%dT%H:%M:%S.", time, absl::UTCTimeZone());
    formatted = second;
  }
  absl::StrAppend(&line, seconds, absl::Dec(ms % 1000, absl::kZeroPad3), "Z");
}

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

void AppendLogField(LogFormat format, const LogField& field, std::string& line, size_t max_bytes) {
  const absl::string_view value = field.value.substr(0, max_bytes);
  if (value.empty()) return;
  if (format == LogFormat::kJson) {
    absl::StrAppend(&line, ",\"", field.name, "\":");
    AppendJsonString(value, line);
  } else {
    absl::StrAppend(&line, " ", field.name, "=");
    if (IsWord(value)) {
      absl::StrAppend(&line, value);
    } else {
      AppendJsonString(value, line);
    }
  }
}

}  // namespace openvidu::token
