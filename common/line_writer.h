#ifndef COMMON_LINE_WRITER_H_
#define COMMON_LINE_WRITER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Writes lines to a file from a thread of its own, so that whoever has a line to write never waits
/// for a disk or for the reader of a pipe. Lines that come while it writes go with the next write.
/// The process ignores SIGPIPE (shutdown_signal.h). Thread-safe.
class LineWriter {
 public:
  /// Bytes that wait at most; lines beyond are dropped, and counted.
  static constexpr size_t kMaxWaitingBytes = size_t{4} << 20;

  /// Appends to the file of this path, which it makes with mode 0600; `stderr` and `stdout` are the
  /// process's. Errors: kInvalidArgument naming the path.
  static absl::StatusOr<std::unique_ptr<LineWriter>> Open(const std::string& path);

  /// Writes to `fd`, which it closes at its end where `owns`.
  LineWriter(int fd, bool owns);
  /// Writes what waits, and returns then.
  ~LineWriter();

  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// Takes a line, without its end.
  void Write(absl::string_view line);

  /// The lines that were lost: too many waited, or the file took no more.
  uint64_t dropped() const;

 private:
  void Run();

  const int fd_;
  const bool owns_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::string waiting_;
  uint64_t waiting_lines_ = 0;
  uint64_t dropped_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace openvidu::token

#endif  // COMMON_LINE_WRITER_H_
