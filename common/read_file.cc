#include "common/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace openvidu::token {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const auto mistake = [&path](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read '", path, "': ", why));
  };
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return mistake(std::strerror(errno));
  const absl::Cleanup close_fd = [fd] { close(fd); };
  struct stat file {};
  if (fstat(fd, &file) != 0) return mistake(std::strerror(errno));
  if (!S_ISREG(file.st_mode) && !S_ISFIFO(file.st_mode)) return mistake("not a file");

  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t bytes = read(fd, buffer, sizeof(buffer));
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return mistake(std::strerror(errno));
    if (bytes == 0) return text;
    text.append(buffer, static_cast<size_t>(bytes));
    if (text.size() > kMaxFileBytes) {
      return mistake(absl::StrCat("larger than ", kMaxFileBytes, " bytes"));
    }
  }
}

}  // namespace openvidu::token
