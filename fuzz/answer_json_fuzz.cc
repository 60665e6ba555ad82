// OpenVidu's answers to messages.
#include "fuzz/input.h"
#include "openvidu/token/v1/token_service.pb.h"
#include "proto/json_mapping.h"

namespace openvidu::token {
namespace {

template <typename T>
void Read(absl::string_view json) {
  T answer;
  const absl::Status read = AnswerFromJson(json, answer);
  FUZZ_CHECK(read.ok() || absl::IsInternal(read));
  FUZZ_CHECK(!read.ok() || !answer.SerializeAsString().empty() || answer.ByteSizeLong() == 0);
}

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  if (input.TakeByte() % 2 == 0) {
    Read<v1::Session>(input.rest());
  } else {
    Read<v1::Connection>(input.rest());
  }
  return 0;
}
