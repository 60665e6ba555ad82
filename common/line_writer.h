#ifndef COMMON_LINE_WRITER_H_
#define COMMON_LINE_WRITER_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// How a LineWriter writes.
struct LineWriterOptions {
  /// How long a line may wait for others to be written with. To wake a thread for each costs more
  /// than to write it.
  absl::Duration linger = absl::ZeroDuration();
  /// Is told on the writer's thread how many lines were lost since it was told last, at most once
  /// in `report_interval`, and at the end. None: nobody is.
  std::function<void(uint64_t lines)> lost;
  absl::Duration report_interval = absl::Seconds(10);
  /// How long its end waits for a reader that takes nothing.
  absl::Duration end_timeout = absl::Seconds(2);
};

/// Writes lines to a file from a thread of its own, so that whoever has a line to write never waits
/// for a disk or for the reader of a pipe. Lines that come while it writes go with the next write.
/// Into a pipe no line is mixed with those of others, unless it is longer than PIPE_BUF.
/// The process ignores SIGPIPE (shutdown_signal.h). Thread-safe.
class LineWriter {
 public:
  /// Bytes that wait at most; lines beyond are dropped, and counted.
  static constexpr size_t kMaxWaitingBytes = size_t{4} << 20;

  /// Appends to the file of this path, which it makes with mode 0600; `stderr` and `stdout` are the
  /// process's. Errors: kInvalidArgument naming the path.
  static absl::StatusOr<std::unique_ptr<LineWriter>> Open(const std::string& path,
                                                          LineWriterOptions options = {});

  /// Writes to `fd`, which it closes at its end where `owns`.
  LineWriter(int fd, bool owns, LineWriterOptions options = {});
  /// Writes what waits, as far as it is taken.
  ~LineWriter();

  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// Takes a line, without its end.
  void Write(absl::string_view line);

  /// The lines that were lost: too many waited, or the file took no more.
  uint64_t dropped() const;

 private:
  void Run();
  /// Returns the lines of `text` that were not written.
  uint64_t Put(absl::string_view text);
  bool AwaitReader();
  void Report(bool at_once);

  const int fd_;
  const bool owns_;
  const LineWriterOptions options_;
  const bool is_file_;                             // a regular one, that takes all at any time
  absl::Time next_report_ = absl::InfinitePast();  // of the writer's thread
  uint64_t reported_ = 0;                          // the same
  mutable std::mutex mutex_;                       // guards all below
  std::condition_variable changed_;
  std::string waiting_;
  uint64_t waiting_lines_ = 0;
  uint64_t dropped_ = 0;
  bool ending_ = false;
  absl::Time end_ = absl::InfiniteFuture();  // gives up then
  std::thread thread_;
};

}  // namespace openvidu::token

#endif  // COMMON_LINE_WRITER_H_
