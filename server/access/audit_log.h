#ifndef SERVER_ACCESS_AUDIT_LOG_H_
#define SERVER_ACCESS_AUDIT_LOG_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/call_context.h"
#include "common/line_writer.h"
#include "server/access/identity.h"

namespace openvidu::token {

/// What one call asked for, who asked, and what came of it. Never the token, nor what only the
/// participants shall see.
struct AuditRecord {
  absl::string_view method;  ///< The RPC's name.
  Identity identity;
  std::shared_ptr<const Caller> caller;  ///< Null: nothing is known.
  std::string session_id;                ///< Asked for, or given. Empty: none.
  std::string role;                      ///< Asked for, as OpenVidu spells it. Empty: none.
  std::string type;                      ///< The same of the connection's type.
  bool allowed = false;
  std::string rule;           ///< The group of the policy that decided. Empty: none did.
  std::string connection_id;  ///< Of the connection made.
  absl::Status result;        ///< What the caller was told.
};

/// Writes one line of JSON for each call, with the time, through a LineWriter. Text of the caller's
/// is escaped to ASCII, so that nobody can forge a line. Thread-safe.
///
///   {"time":"2026-01-31T12:00:00.000Z","audit":"CreateConnection","allowed":true,"rule":"staff",
///    "method":"jwt","subject":"ada","address":"192.0.2.7","sessionId":"room-1","role":"PUBLISHER",
///    "connectionId":"con_A","code":"OK","requestId":"4f…"}
///
/// What is not known is left out; `reason` and `field` (common/status_details.h) tell of a refusal.
class AuditLog {
 public:
  /// Errors: kInvalidArgument of a destination that is none. Whether a file can be written shows
  /// when it is opened.
  static absl::Status Check(const std::string& destination);

  /// `destination` is `off`, `stderr`, `stdout` or a path. Errors: kInvalidArgument.
  static absl::StatusOr<std::unique_ptr<AuditLog>> Open(const std::string& destination);

  /// Whether anybody reads what is written.
  bool enabled() const { return writer_ != nullptr; }

  /// The lines that were lost (LineWriter::dropped).
  uint64_t dropped() const { return writer_ == nullptr ? 0 : writer_->dropped(); }

  /// Takes nothing where it is off.
  void Write(const AuditRecord& record, absl::Time now);

  /// What Write() writes.
  static std::string Line(const AuditRecord& record, absl::Time now);

 private:
  explicit AuditLog(std::unique_ptr<LineWriter> writer) : writer_(std::move(writer)) {}

  const std::unique_ptr<LineWriter> writer_;  // null: off
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_AUDIT_LOG_H_
