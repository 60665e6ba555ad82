#include "common/access_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

// A line for each request is much; none has to be seen at once.
constexpr absl::Duration kLinger = absl::Milliseconds(100);

constexpr size_t kMaxUserAgentBytes = 256;

void AppendNumber(LogFormat format, absl::string_view name, absl::string_view number,
                  std::string& line) {
  if (format == LogFormat::kJson) {
    absl::StrAppend(&line, ",\"", name, "\":", number);
  } else {
    absl::StrAppend(&line, " ", name, "=", number);
  }
}

}  // namespace

absl::Status AccessLog::Check(const std::string& destination) {
  if (!destination.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("access_log is off, stderr, stdout or a path");
}

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(const std::string& destination,
                                                           LogFormat format) {
  if (absl::Status status = Check(destination); !status.ok()) return status;
  if (destination == "off") return std::unique_ptr<AccessLog>(new AccessLog(format, nullptr));
  const auto lost = [](uint64_t lines) {
    LogWarning("lines of the access log were lost", {{"lines", absl::StrCat(lines)}});
  };
  absl::StatusOr<std::unique_ptr<LineWriter>> writer =
      LineWriter::Open(destination, {.linger = kLinger, .lost = lost});
  if (!writer.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("access_log: ", writer.status().message()));
  }
  return std::unique_ptr<AccessLog>(new AccessLog(format, *std::move(writer)));
}

std::string AccessLog::Line(LogFormat format, const AccessRecord& record, absl::Time now) {
  std::string line;
  line.reserve(400);
  const bool json = format == LogFormat::kJson;
  if (json) line += "{\"time\":\"";
  AppendLogTime(now, line);
  absl::StrAppend(&line, json ? "\",\"access\":\"" : " access ", record.door, json ? "\"" : "");
  AppendLogField(format, {"method", record.method}, line);
  AppendLogField(format, {"route", record.route}, line);
  if (record.status != 0) AppendNumber(format, "status", absl::StrCat(record.status), line);
  AppendLogField(format, {"code", record.code}, line);
  AppendNumber(format, "bytes", absl::StrCat(record.bytes), line);
  const int64_t us = std::max<int64_t>(absl::ToInt64Microseconds(record.duration), 0);
  AppendNumber(format, "seconds",
               absl::StrCat(us / 1'000'000, ".", absl::Dec(us % 1'000'000, absl::kZeroPad6)), line);
  AppendLogField(format, {"address", record.address}, line);
  AppendLogField(format, {"requestId", record.request_id}, line);
  AppendLogField(format, {"traceId", record.trace_id}, line);
  AppendLogField(format, {"userAgent", record.user_agent}, line, kMaxUserAgentBytes);
  if (json) line += '}';
  return line;
}

}  // namespace openvidu::token
