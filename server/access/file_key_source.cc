#include "server/access/file_key_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace openvidu::token {

FileKeySource::FileKeySource(Reactor& reactor, const std::string& path, Read read,
                             absl::Duration interval)
    : path_(path), read_(read), watch_(reactor, {path}, interval, [this] { Reload(); }) {}

absl::StatusOr<std::unique_ptr<FileKeySource>> FileKeySource::Create(Reactor& reactor,
                                                                     const std::string& path,
                                                                     Read read,
                                                                     absl::Duration interval) {
  std::unique_ptr<FileKeySource> source(new FileKeySource(reactor, path, read, interval));
  if (absl::Status status = source->Load(); !status.ok()) return status;
  source->watch_.Begin();
  return source;
}

absl::Status FileKeySource::Load() {
  absl::StatusOr<VerificationKeys> read = read_(path_);
  if (!read.ok()) return read.status();
  Keys keys = std::make_shared<const VerificationKeys>(*std::move(read));
  const std::lock_guard<std::mutex> lock(mutex_);
  keys_ = std::move(keys);
  return absl::OkStatus();
}

void FileKeySource::Reload() {
  const absl::Status status = Load();
  if (!status.ok()) {
    return LogError(absl::StrCat("the keys of tokens before stay: ", status.message()));
  }
  LogInfo(absl::StrCat("new keys of tokens from '", path_, "'"));
}

KeySource::Keys FileKeySource::keys() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return keys_;
}

}  // namespace openvidu::token
