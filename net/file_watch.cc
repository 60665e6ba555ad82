#include "net/file_watch.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace openvidu::token {

FileWatch::FileWatch(Reactor& reactor, std::vector<std::string> paths, absl::Duration interval,
                     absl::AnyInvocable<void()> changed)
    : reactor_(reactor),
      paths_(std::move(paths)),
      interval_(interval),
      changed_(std::move(changed)),
      told_(Version()),
      seen_(told_) {}

FileWatch::~FileWatch() {
  reactor_.RunAndWait([this] { reactor_.Cancel(timer_); });
}

void FileWatch::LookLater() {
  timer_ =
      reactor_.RunAt(reactor_.now() + absl::ToChronoNanoseconds(interval_), [this] { Look(); });
}

void FileWatch::Look() {
  LookLater();
  std::string version = Version();
  const bool settled = version == seen_;
  seen_ = std::move(version);
  if (!settled || seen_ == told_) return;
  told_ = seen_;
  changed_();
}

// Changes whenever a file does.
std::string FileWatch::Version() const {
  std::string version;
  for (const std::string& path : paths_) {
    struct stat file {};
    if (stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) {
      absl::StrAppend(&version, "none;");
      continue;
    }
    absl::StrAppend(&version, file.st_dev, ",", file.st_ino, ",", file.st_size, ",",
                    file.st_mtim.tv_sec, ",", file.st_mtim.tv_nsec, ";");
  }
  return version;
}

}  // namespace openvidu::token
