// Key sets and PEM keys: what is taken can verify, and is for what its type says.
#include <algorithm>

#include "fuzz/input.h"
#include "server/access/json_web_keys.h"

namespace openvidu::token {
namespace {

void CheckKeys(const absl::StatusOr<VerificationKeys>& keys, bool shared_secrets) {
  if (!keys.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(keys.status()) && !keys.status().message().empty());
    return;
  }
  FUZZ_CHECK(!keys->empty() && keys->size() <= kMaxKeys);
  for (const VerificationKey& key : *keys) {
    FUZZ_CHECK(!key.algorithms.empty());
    const bool is_secret = std::all_of(key.algorithms.begin(), key.algorithms.end(),
                                       [](const auto& name) { return name == "HS256"; });
    FUZZ_CHECK(!is_secret || (shared_secrets && key.secret.size() >= 32));
    FUZZ_CHECK(is_secret == (key.public_key == nullptr) && is_secret == !key.secret.empty());
  }
}

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  const bool shared_secrets = input.TakeByte() % 2 == 1;
  CheckKeys(ParseJsonWebKeys(input.rest(),
                             shared_secrets ? SharedSecrets::kAllowed : SharedSecrets::kRefused),
            shared_secrets);
  CheckKeys(ParsePemKey(input.rest()), false);
  return 0;
}
