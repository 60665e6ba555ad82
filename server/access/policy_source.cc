#include "server/access/policy_source.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/log.h"
#include "server/access/policy_file.h"

namespace openvidu::token {

absl::StatusOr<std::shared_ptr<const Policy>> PolicySource::Load(const PolicyOptions& options) {
  if (options.is_sample()) return std::make_shared<const Policy>(Policy::Sample());
  if (!options.is_file()) return std::make_shared<const Policy>(Policy::Default());
  absl::StatusOr<Policy> policy = ReadPolicyFile(options.policy);
  if (!policy.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "policy: ", absl::StrReplaceAll(policy.status().message(), {{"\n", "\npolicy: "}})));
  }
  return std::make_shared<const Policy>(*std::move(policy));
}

absl::Status PolicySource::Check(const PolicyOptions& options) { return Load(options).status(); }

absl::StatusOr<std::unique_ptr<PolicySource>> PolicySource::Create(const PolicyOptions& options,
                                                                   Reactor& reactor) {
  std::unique_ptr<PolicySource> source(new PolicySource());
  if (options.is_file()) {
    source->watch_ = std::make_unique<FileWatch>(
        reactor, std::vector<std::string>{options.policy}, options.reload_interval,
        [source = source.get(), options] { source->Reload(options); });
  }
  auto policy = Load(options);
  if (!policy.ok()) return policy.status();
  source->policy_ = *std::move(policy);
  if (source->watch_ != nullptr) source->watch_->Begin();
  return source;
}

void PolicySource::Reload(const PolicyOptions& options) {
  auto policy = Load(options);
  if (!policy.ok()) {
    for (absl::string_view line : absl::StrSplit(policy.status().message(), '\n')) {
      LogError(absl::StrCat("the policy before stays: ", line));
    }
    return;
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    policy_.swap(*policy);
  }
  LogInfo(absl::StrCat("new policy from '", options.policy, "'"));
}

std::shared_ptr<const Policy> PolicySource::policy() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return policy_;
}

}  // namespace openvidu::token
