// JSON to properties and back: nothing is lost, nothing is added, and what goes to OpenVidu is JSON
// that it can read.
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/strip.h"
#include "common/status_details.h"
#include "fuzz/input.h"
#include "openvidu/token/v1/token_service.pb.h"
#include "proto/json_mapping.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

int DepthOf(absl::string_view json) {
  int depth = 0, deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    if (in_string) {
      if (json[i] == '\\')
        ++i;
      else if (json[i] == '"')
        in_string = false;
    } else if (json[i] == '"') {
      in_string = true;
    } else if (json[i] == '{' || json[i] == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (json[i] == '}' || json[i] == ']') {
      --depth;
    }
  }
  return deepest;
}

/// Members that are null are absent, at every level that a message stands for.
void DropNulls(Json& json) {
  if (!json.is_object()) return;
  for (auto it = json.begin(); it != json.end();)
    it = it->is_null() ? json.erase(it) : std::next(it);
  for (Json& value : json) {
    DropNulls(value);
    if (!value.is_array()) continue;
    for (Json& element : value) DropNulls(element);
  }
}

template <typename T>
void RoundTrip(absl::string_view body, Scalars scalars, absl::string_view message) {
  T properties;
  const absl::Status read = PropertiesFromJson(body, properties, scalars);
  if (!read.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(read));
    return;
  }
  PropertyAtFault(message, properties);
  const absl::StatusOr<std::string> written = PropertiesToJson(properties);
  if (!written.ok()) {
    FUZZ_CHECK(absl::IsInvalidArgument(written.status()) && !FieldOf(written.status()).empty());
    return;
  }
  FUZZ_CHECK(DepthOf(*written) <= kMaxJsonDepth);
  Json sent = Json::parse(*written);  // throws: a finding
  FUZZ_CHECK(sent.is_object());
  if (scalars == Scalars::kAsThemselves) {
    const absl::string_view text = absl::StripPrefix(body, "\xEF\xBB\xBF");
    Json got = text.empty() ? Json::object() : Json::parse(text);
    if (got.is_null()) got = Json::object();
    DropNulls(got);
    DropNulls(sent);
    FUZZ_CHECK(got == sent);
  }
  T again;
  FUZZ_CHECK(PropertiesFromJson(*written, again).ok());
  FUZZ_CHECK(google::protobuf::util::MessageDifferencer::Equals(properties, again));
}

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  FuzzInput input(data, size);
  const size_t form = input.TakeByte();
  const absl::string_view message = input.TakeLine();  // OpenVidu's, to find what is at fault
  const Scalars scalars = (form & 2) != 0 ? Scalars::kAsText : Scalars::kAsThemselves;
  if ((form & 1) == 0) {
    RoundTrip<v1::SessionProperties>(input.rest(), scalars, message);
  } else {
    RoundTrip<v1::ConnectionProperties>(input.rest(), scalars, message);
  }
  return 0;
}
