#include "common/line_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/write_all.h"

namespace openvidu::token {

absl::StatusOr<std::unique_ptr<LineWriter>> LineWriter::Open(const std::string& path) {
  if (path == "stderr") return std::make_unique<LineWriter>(STDERR_FILENO, false);
  if (path == "stdout") return std::make_unique<LineWriter>(STDOUT_FILENO, false);
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write to '", path, "': ", std::strerror(errno)));
  }
  return std::make_unique<LineWriter>(fd, true);
}

LineWriter::LineWriter(int fd, bool owns) : fd_(fd), owns_(owns), thread_([this] { Run(); }) {}

LineWriter::~LineWriter() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
  if (owns_) close(fd_);
}

void LineWriter::Write(absl::string_view line) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.size() + line.size() >= kMaxWaitingBytes) {
      ++dropped_;
      return;
    }
    absl::StrAppend(&waiting_, line, "\n");
    if (++waiting_lines_ > 1) return;  // the thread knows
  }
  changed_.notify_one();
}

uint64_t LineWriter::dropped() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return dropped_;
}

void LineWriter::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || waiting_lines_ > 0; });
    if (waiting_lines_ == 0) return;
    const std::string text = std::exchange(waiting_, "");
    const uint64_t lines = std::exchange(waiting_lines_, 0);
    lock.unlock();
    const bool written = WriteAll(fd_, text);
    lock.lock();
    if (!written) dropped_ += lines;
  }
}

}  // namespace openvidu::token
