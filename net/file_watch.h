#ifndef NET_FILE_WATCH_H_
#define NET_FILE_WATCH_H_

#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "net/reactor.h"

namespace openvidu::token {

/// How often files are looked at. A mounted Kubernetes secret tells nobody of its change.
inline constexpr absl::Duration kFileWatchInterval = absl::Seconds(2);

/// Looks after files that are read at start and may be changed later. A change is told when it is
/// two looks old, so that no file is read while it is being written. Pipes do not count: they give
/// their bytes once only. Of the reactor's thread only, but for its making and its end.
class FileWatch {
 public:
  /// Make it before the files are read: what changes from now on is told, once it has begun.
  /// `changed` is called on the thread of `reactor`, which outlives the watch.
  FileWatch(Reactor& reactor, std::vector<std::string> paths, absl::Duration interval,
            absl::AnyInvocable<void()> changed);
  /// `changed` is not called any more when this returns. Not on the reactor's thread.
  ~FileWatch();

  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// Begins to look, once. From any thread.
  void Begin() {
    reactor_.Post([this] { LookLater(); });
  }

 private:
  void LookLater();
  void Look();
  std::string Version() const;

  Reactor& reactor_;
  const std::vector<std::string> paths_;
  const absl::Duration interval_;
  absl::AnyInvocable<void()> changed_;
  Reactor::Timer timer_;
  std::string told_;  // the version of the files that was last told, or was there at the beginning
  std::string seen_;  // … and that of the last look
};

}  // namespace openvidu::token

#endif  // NET_FILE_WATCH_H_
