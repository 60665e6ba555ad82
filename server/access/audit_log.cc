#include "server/access/audit_log.h"

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

void Append(absl::string_view name, absl::string_view text, std::string& line) {
  AppendLogField(LogFormat::kJson, {name, text}, line);
}

absl::string_view NameOf(Identity::Method method) {
  switch (method) {
    case Identity::Method::kNone:
      return "anonymous";
    case Identity::Method::kJwt:
      return "jwt";
    case Identity::Method::kCertificate:
      return "certificate";
  }
  return "";
}

}  // namespace

absl::Status AuditLog::Check(const std::string& destination) {
  if (!destination.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("audit_log is off, stderr, stdout or a path");
}

absl::StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(const std::string& destination) {
  if (absl::Status status = Check(destination); !status.ok()) return status;
  if (destination == "off") return std::unique_ptr<AuditLog>(new AuditLog(nullptr));
  const auto lost = [](uint64_t lines) {
    LogWarning("lines of the audit log were lost", {{"lines", absl::StrCat(lines)}});
  };
  absl::StatusOr<std::unique_ptr<LineWriter>> writer =
      LineWriter::Open(destination, {.lost = lost});
  if (!writer.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("audit_log: ", writer.status().message()));
  }
  return std::unique_ptr<AuditLog>(new AuditLog(*std::move(writer)));
}

void AuditLog::Write(const AuditRecord& record, absl::Time now) {
  if (enabled()) writer_->Write(Line(record, now));
}

std::string AuditLog::Line(const AuditRecord& record, absl::Time now) {
  std::string line = "{\"time\":\"";
  AppendLogTime(now, line);
  absl::StrAppend(&line, "\",\"audit\":\"", record.method,
                  "\",\"allowed\":", record.allowed ? "true" : "false");
  Append("rule", record.rule, line);
  Append("method", NameOf(record.identity.method), line);
  Append("subject", record.identity.subject, line);
  if (record.caller != nullptr) Append("address", record.caller->address, line);
  Append("sessionId", record.session_id, line);
  Append("type", record.type, line);
  Append("role", record.role, line);
  Append("connectionId", record.connection_id, line);
  Append("code", absl::StatusCodeToString(record.result.code()), line);
  Append("reason", ReasonOf(record.result), line);
  Append("field", FieldOf(record.result), line);
  if (record.caller != nullptr) Append("requestId", record.caller->request_id, line);
  line += '}';
  return line;
}

}  // namespace openvidu::token
