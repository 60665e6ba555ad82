// A policy's file: each mistake is named, and what is read decides about everybody.
#include "fuzz/input.h"
#include "server/access/policy_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  const auto policy = ParsePolicy(input.rest());
  if (!policy.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(policy.status()) && !policy.status().message().empty());
    return 0;
  }
  const Identity known = {.method = Identity::Method::kJwt,
                          .subject = "ada",
                          .claims = {{"scope", "a b"}, {"groups", {"x", 5, true}}}};
  for (const Identity& identity : {Identity(), known}) {
    v1::JoinSessionRequest join;
    join.set_custom_session_id("room-ada");
    join.mutable_connection_properties()->set_data(R"({"a":1})");
    const Decision decision = policy->DecideJoin(identity, join);
    FUZZ_CHECK(decision.allowed() || absl::IsPermissionDenied(decision.status));
    FUZZ_CHECK(!decision.allowed() || !decision.rule.empty());
  }
  return 0;
}
