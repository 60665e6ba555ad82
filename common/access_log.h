#ifndef COMMON_ACCESS_LOG_H_
#define COMMON_ACCESS_LOG_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/line_writer.h"
#include "common/log.h"

namespace openvidu::token {

/// One request and its answer. What is empty is not told. Never a target as it came: it may hold a
/// token in its query, and ids.
struct AccessRecord {
  absl::string_view door;        ///< `http` or `grpc`.
  absl::string_view method;      ///< HTTP's.
  absl::string_view route;       ///< The template of an HTTP route, or an RPC's name.
  int status = 0;                ///< HTTP's. 0: none.
  absl::string_view code;        ///< gRPC's, by its name.
  uint64_t bytes = 0;            ///< Of the answer's body or message.
  absl::Duration duration;       ///< From the whole request to the whole answer.
  absl::string_view address;     ///< The client's, numeric.
  absl::string_view request_id;  ///< X-Request-Id.
  absl::string_view trace_id;
  absl::string_view user_agent;
};

/// Writes one line for each request that was answered, through a LineWriter, a little later. Text
/// of the caller's is escaped and cut, so that nobody can forge a line or a field. Thread-safe.
class AccessLog {
 public:
  /// Errors: kInvalidArgument of a destination that is none.
  static absl::Status Check(const std::string& destination);

  /// `destination` is `off`, `stderr`, `stdout` or a path. Errors: kInvalidArgument.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(const std::string& destination,
                                                         LogFormat format);

  /// Whether anybody reads what is written.
  bool enabled() const { return writer_ != nullptr; }

  /// Takes nothing where it is off.
  void Write(const AccessRecord& record, absl::Time now) {
    if (enabled()) writer_->Write(Line(format_, record, now));
  }

  /// The lines that were lost.
  uint64_t dropped() const { return enabled() ? writer_->dropped() : 0; }

  /// What Write() writes.
  static std::string Line(LogFormat format, const AccessRecord& record, absl::Time now);

 private:
  AccessLog(LogFormat format, std::unique_ptr<LineWriter> writer)
      : format_(format), writer_(std::move(writer)) {}

  const LogFormat format_;
  const std::unique_ptr<LineWriter> writer_;  // null: off
};

}  // namespace openvidu::token

#endif  // COMMON_ACCESS_LOG_H_
