#include "gateway/static_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/conditional_request.h"
#include "http/problem.h"
#include "http/syntax.h"

namespace openvidu::token {
namespace {

struct Row {
  absl::string_view extension;
  absl::string_view type;
};

constexpr Row kTypes[] = {
    {"avif", "image/avif"},
    {"css", "text/css; charset=utf-8"},
    {"gif", "image/gif"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/x-icon"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"ogg", "audio/ogg"},
    {"otf", "font/otf"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xml", "text/xml; charset=utf-8"},
};

constexpr char kIndex[] = "index.html";

/// A descriptor that closes itself.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

int OpenBeneath(int folder_fd, const std::string& path) {
  open_how how{};
  // Not blocking: a pipe that nobody writes to would hold the thread.
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long fd = -1;
  do {
    fd = syscall(SYS_openat2, folder_fd, path.c_str(), &how, sizeof(how));
  } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return static_cast<int>(fd);
}

void SetProblem(int status, absl::string_view detail, httplib::Response& response) {
  response.status = status;
  response.set_content(ProblemJson(status, detail), kProblemJsonType);
}

Validators ValidatorsOf(const struct stat& file) {
  const int64_t nanoseconds = file.st_mtim.tv_sec * int64_t{1'000'000'000} + file.st_mtim.tv_nsec;
  return {absl::StrCat("\"", absl::Hex(nanoseconds), "-", absl::Hex(file.st_size), "-",
                       absl::Hex(file.st_ino), "\""),
          file.st_mtim.tv_sec};
}

/// Empty where the file has become shorter or cannot be read.
std::string ReadPart(int fd, uint64_t first, uint64_t length) {
  std::string bytes(length, '\0');
  size_t done = 0;
  while (done < length) {
    const ssize_t read =
        pread(fd, bytes.data() + done, length - done, static_cast<off_t>(first + done));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return "";
    done += static_cast<size_t>(read);
  }
  return bytes;
}

void AnswerFile(const File& file, const struct stat& info, absl::string_view path,
                const httplib::Request& request, httplib::Response& response) {
  const auto size = static_cast<uint64_t>(info.st_size);
  const Validators validators = ValidatorsOf(info);
  SetValidators(validators, response);
  response.set_header("Accept-Ranges", "bytes");
  response.set_header("Cache-Control", "no-cache");  // the folder's owner may change it any time
  response.set_header("X-Content-Type-Options", "nosniff");
  if (HasVersion(request, validators)) {
    response.status = 304;
    return;
  }
  const ByteRange range = RangeOf(request, validators, size);
  if (range.kind == ByteRange::Kind::kNotSatisfiable) {
    response.set_header("Content-Range", absl::StrCat("bytes */", size));
    return SetProblem(416, absl::StrCat("The file has ", size, " bytes"), response);
  }
  const bool part = range.kind == ByteRange::Kind::kPart;
  const uint64_t length = part ? range.length : size;
  if (length > kMaxStaticBytes) {
    return SetProblem(
        501,
        absl::StrCat("At most ", kMaxStaticBytes, " bytes of a file are served at once: ask for a ",
                     "range, or put large files on a web server"),
        response);
  }
  std::string bytes = ReadPart(file.fd(), part ? range.first : 0, length);
  if (bytes.size() != length) return SetProblem(503, "The file is being changed", response);
  response.status = part ? 206 : 200;
  if (part) {
    response.set_header("Content-Range", absl::StrCat("bytes ", range.first, "-",
                                                      range.first + length - 1, "/", size));
  }
  response.body = std::move(bytes);
  response.set_header("Content-Type", std::string(StaticType(path)));
}

}  // namespace

std::string StaticPath(absl::string_view target) {
  absl::string_view raw = target.substr(0, target.find_first_of("?#"));
  if (!absl::ConsumePrefix(&raw, "/")) return "";
  std::string path;
  for (absl::string_view segment : absl::StrSplit(raw, '/')) {
    const std::string name = PercentDecode(segment, false);
    const bool last = segment.data() + segment.size() == raw.data() + raw.size();
    if (segment.empty() && last) return path + kIndex;
    // A '%' that is left was no escape, or is escaped twice.
    if (name.empty() || name[0] == '.' || absl::StrContains(name, '%') ||
        std::any_of(name.begin(), name.end(), [](char c) {
          return absl::ascii_iscntrl(static_cast<unsigned char>(c)) || c == '/' || c == '\\';
        })) {
      return "";
    }
    absl::StrAppend(&path, name, last ? "" : "/");
  }
  return path;
}

absl::string_view StaticType(absl::string_view path) {
  const size_t dot = path.rfind('.');
  const std::string extension =
      absl::AsciiStrToLower(dot == absl::string_view::npos ? "" : path.substr(dot + 1));
  for (const Row& row : kTypes) {
    if (row.extension == extension) return row.type;
  }
  return "application/octet-stream";
}

absl::StatusOr<StaticFiles> StaticFiles::Open(const std::string& folder) {
  const int fd = open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("static_dir '", folder, "' cannot be opened: ", std::strerror(errno)));
  }
  StaticFiles files(fd);
  const File probe(OpenBeneath(fd, "."));
  if (probe.fd() < 0) {
    return absl::InvalidArgumentError(absl::StrCat("static_dir '", folder, "' cannot be read: ",
                                                   std::strerror(errno),
                                                   " (it needs openat2, Linux 5.6)"));
  }
  return files;
}

StaticFiles::StaticFiles(StaticFiles&& other) noexcept
    : folder_fd_(std::exchange(other.folder_fd_, -1)) {}

StaticFiles::~StaticFiles() {
  if (folder_fd_ >= 0) close(folder_fd_);
}

void StaticFiles::Answer(const httplib::Request& request, httplib::Response& response) const {
  const std::string path = StaticPath(request.target);
  const File file(path.empty() ? -1 : OpenBeneath(folder_fd_, path));
  struct stat info {};
  if (file.fd() < 0 || fstat(file.fd(), &info) != 0) {
    return SetProblem(404, "There is nothing at this path", response);
  }
  if (S_ISDIR(info.st_mode)) {
    const absl::string_view target = request.target;
    const size_t query = target.find('?');
    response.status = 301;  // else the page's relative links would miss a segment
    response.set_header("Location",
                        absl::StrCat(target.substr(0, query), "/",
                                     query == absl::string_view::npos ? "" : target.substr(query)));
    return;
  }
  if (!S_ISREG(info.st_mode)) return SetProblem(404, "There is nothing at this path", response);
  AnswerFile(file, info, path, request, response);
}

}  // namespace openvidu::token
