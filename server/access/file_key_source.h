#ifndef SERVER_ACCESS_FILE_KEY_SOURCE_H_
#define SERVER_ACCESS_FILE_KEY_SOURCE_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "net/file_watch.h"
#include "net/reactor.h"
#include "server/access/key_source.h"

namespace openvidu::token {

/// Keys from a file, read again when it changes. Of a file that cannot be used, which is logged,
/// the keys before it stay.
class FileKeySource final : public KeySource {
 public:
  /// ReadKeysFile or ReadHmacKeyFile.
  using Read = absl::StatusOr<VerificationKeys> (*)(const std::string& path);

  /// `reactor` outlives it. Errors: those of `read`.
  static absl::StatusOr<std::unique_ptr<FileKeySource>> Create(Reactor& reactor,
                                                               const std::string& path, Read read,
                                                               absl::Duration interval);

  Keys keys() const override;
  /// The file is looked at anyway.
  void Renew(Keys /*seen*/, Done done) override { done(keys()); }

 private:
  FileKeySource(Reactor& reactor, const std::string& path, Read read, absl::Duration interval);
  absl::Status Load();
  void Reload();

  const std::string path_;
  const Read read_;
  mutable std::mutex mutex_;
  Keys keys_;  // guarded by mutex_
  FileWatch watch_;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_FILE_KEY_SOURCE_H_
