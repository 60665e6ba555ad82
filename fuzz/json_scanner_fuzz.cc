// Our scanner of JSON beside nlohmann's: both take the same texts, and tell the same of them.
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "fuzz/input.h"
#include "tests/proto/scanned.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

/// Writes what Scanned() does.
class PeerWriter {
 public:
  bool null() { return Add("null"); }
  bool boolean(bool value) { return Add(value ? "true" : "false"); }
  bool number_integer(int64_t value) { return Add(absl::StrCat(value)); }
  bool number_unsigned(uint64_t value) {
    return value <= std::numeric_limits<int64_t>::max() ? Add(absl::StrCat(value)) : Add("other");
  }
  bool number_float(double /*value*/, const std::string& /*digits*/) { return Add("other"); }
  bool string(const std::string& value) { return Add(absl::StrCat("'", value, "'")); }
  bool binary(const Json::binary_t& /*value*/) { return false; }
  bool start_object(size_t /*elements*/) { return Add("{"); }
  bool key(const std::string& name) { return Add(absl::StrCat(name, ":")); }
  bool end_object() { return Add("}"); }
  bool start_array(size_t /*elements*/) { return Add("["); }
  bool end_array() { return Add("]"); }
  bool parse_error(size_t /*at*/, const std::string& /*token*/, const Json::exception& /*error*/) {
    return false;
  }

  std::string text;

 private:
  bool Add(absl::string_view word) {
    absl::StrAppend(&text, word, " ");
    return true;
  }
};

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  const absl::string_view json(reinterpret_cast<const char*>(data), size);
  const std::string scanned = Scanned(json);
  // Where nlohmann takes more: a NUL is its end, and it skips a byte order mark.
  if (absl::StrContains(json, '\0') || absl::StartsWith(json, "\xEF")) return 0;
  PeerWriter peer;
  const bool accepted = Json::sax_parse(json.begin(), json.end(), &peer);
  FUZZ_CHECK(accepted == !absl::EndsWith(scanned, "!"));
  if (accepted) FUZZ_CHECK(peer.text == scanned);
  return 0;
}
