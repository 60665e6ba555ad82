#ifndef GATEWAY_STATIC_FILES_H_
#define GATEWAY_STATIC_FILES_H_

#include <httplib.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// The most bytes that one answer has of a file: answers are made in memory. A larger file can be had
/// by ranges, and is otherwise answered 501.
inline constexpr uint64_t kMaxStaticBytes = uint64_t{16} << 20;

/// Serves the regular files of a folder, as they are at each request. Thread-safe.
///
/// Nothing outside of the folder is served, whatever a path or a symbolic link says (the kernel sees
/// to it: openat2 with RESOLVE_BENEATH), nor what has a segment that starts with a dot. A folder is
/// answered by its index.html, and never listed.
class StaticFiles {
 public:
  /// Errors: kInvalidArgument where `folder` is none, or the system is older than Linux 5.6.
  static absl::StatusOr<StaticFiles> Open(const std::string& folder);

  StaticFiles(StaticFiles&& other) noexcept;
  StaticFiles& operator=(StaticFiles&&) = delete;
  ~StaticFiles();

  /// Answers a GET or HEAD of the raw target `request.target`. Reads the disk.
  void Answer(const httplib::Request& request, httplib::Response& response) const;

 private:
  explicit StaticFiles(int folder_fd) : folder_fd_(folder_fd) {}

  int folder_fd_;
};

/// The path within a folder that a raw target stands for, such as "a/index.html" for "/a/?x=1";
/// empty where it can stand for none: no escape that is not one, no encoded slash, no control
/// character, no empty segment and none that starts with a dot.
std::string StaticPath(absl::string_view target);

/// The media type by a file's extension; application/octet-stream where that is not known.
absl::string_view StaticType(absl::string_view path);

}  // namespace openvidu::token

#endif  // GATEWAY_STATIC_FILES_H_
