#ifndef SERVER_ACCESS_POLICY_SOURCE_H_
#define SERVER_ACCESS_POLICY_SOURCE_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "net/file_watch.h"
#include "net/reactor.h"
#include "server/access/policy.h"

namespace openvidu::token {

/// Which policy holds.
struct PolicyOptions {
  /// Empty: Policy::Default(). "sample": Policy::Sample(). Else the path of a file
  /// (docs/policy.md); one of that name is "./sample".
  std::string policy;
  absl::Duration reload_interval = kFileWatchInterval;

  bool is_sample() const { return policy == "sample"; }
  bool is_file() const { return !policy.empty() && !is_sample(); }
};

/// The policy that holds now. A file is read again when it changes; of one with mistakes, which are
/// logged, the policy before it stays. Thread-safe.
class PolicySource {
 public:
  /// Errors: kInvalidArgument naming every mistake, one a line.
  static absl::Status Check(const PolicyOptions& options);
  /// `reactor` outlives it. Errors: those of Check.
  static absl::StatusOr<std::unique_ptr<PolicySource>> Create(const PolicyOptions& options,
                                                              Reactor& reactor);

  std::shared_ptr<const Policy> policy() const;

 private:
  PolicySource() = default;
  static absl::StatusOr<std::shared_ptr<const Policy>> Load(const PolicyOptions& options);
  void Reload(const PolicyOptions& options);

  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;  // guarded by mutex_
  std::unique_ptr<FileWatch> watch_;      // null: no file
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_POLICY_SOURCE_H_
