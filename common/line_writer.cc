#include "common/line_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/write_all.h"

namespace openvidu::token {
namespace {

// As much is written without waiting for more.
constexpr size_t kEnoughBytes = size_t{64} << 10;

// From one look to the next whether it is to end meanwhile.
constexpr int kLookMs = 200;

bool IsRegularFile(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

uint64_t CountLines(absl::string_view text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

/// As many whole lines as a pipe takes in one piece, or as much of one that is longer.
absl::string_view Piece(absl::string_view text) {
  if (text.size() <= PIPE_BUF) return text;
  const size_t end = text.rfind('\n', PIPE_BUF - 1);
  return text.substr(0, end == absl::string_view::npos ? PIPE_BUF : end + 1);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LineWriter>> LineWriter::Open(const std::string& path,
                                                             LineWriterOptions options) {
  if (path == "stderr") {
    return std::make_unique<LineWriter>(STDERR_FILENO, false, std::move(options));
  }
  if (path == "stdout") {
    return std::make_unique<LineWriter>(STDOUT_FILENO, false, std::move(options));
  }
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write to '", path, "': ", std::strerror(errno)));
  }
  return std::make_unique<LineWriter>(fd, true, std::move(options));
}

LineWriter::LineWriter(int fd, bool owns, LineWriterOptions options)
    : fd_(fd),
      owns_(owns),
      options_(std::move(options)),
      is_file_(IsRegularFile(fd)),
      thread_([this] { Run(); }) {}

LineWriter::~LineWriter() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
    end_ = absl::Now() + options_.end_timeout;
  }
  changed_.notify_one();
  thread_.join();
  if (owns_) close(fd_);
}

void LineWriter::Write(absl::string_view line) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const size_t before = waiting_.size();
    if (before + line.size() >= kMaxWaitingBytes) {
      ++dropped_;
      return;
    }
    absl::StrAppend(&waiting_, line, "\n");
    const bool is_enough = before < kEnoughBytes && waiting_.size() >= kEnoughBytes;
    if (++waiting_lines_ > 1 && !is_enough) return;  // the thread knows
  }
  changed_.notify_one();
}

uint64_t LineWriter::dropped() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return dropped_;
}

void LineWriter::Run() {
  std::string text;
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || waiting_lines_ > 0; });
    if (waiting_lines_ == 0) break;
    if (options_.linger > absl::ZeroDuration()) {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(options_.linger),
                        [this] { return ending_ || waiting_.size() >= kEnoughBytes; });
    }
    text.clear();
    text.swap(waiting_);
    waiting_lines_ = 0;
    lock.unlock();
    const uint64_t lost = Put(text);
    lock.lock();
    dropped_ += lost;
    lock.unlock();
    Report(/*at_once=*/false);
    lock.lock();
  }
  lock.unlock();
  Report(/*at_once=*/true);
}

uint64_t LineWriter::Put(absl::string_view text) {
  if (is_file_) return WriteAll(fd_, text) ? 0 : CountLines(text);
  while (!text.empty()) {
    if (!AwaitReader()) return CountLines(text);
    const absl::string_view piece = Piece(text);
    const ssize_t written = write(fd_, piece.data(), piece.size());
    if (written > 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (written == 0 || (errno != EAGAIN && errno != EINTR)) {
      return CountLines(text);
    }
  }
  return 0;
}

/// False: it is to end, and nobody reads.
bool LineWriter::AwaitReader() {
  pollfd writable = {fd_, POLLOUT, 0};
  while (poll(&writable, 1, kLookMs) <= 0) {
    Report(/*at_once=*/false);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (absl::Now() >= end_) return false;
  }
  return true;
}

void LineWriter::Report(bool at_once) {
  if (options_.lost == nullptr) return;
  const uint64_t lost = dropped() - reported_;
  if (lost == 0) return;
  const absl::Time now = absl::Now();
  if (!at_once && now < next_report_) return;
  reported_ += lost;
  next_report_ = now + options_.report_interval;
  options_.lost(lost);
}

}  // namespace openvidu::token
