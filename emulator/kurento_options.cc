#include "emulator/kurento_options.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "emulator/gson_element.h"
#include "emulator/java.h"

namespace openvidu::emulator {
namespace {

struct BandwidthField {
  const char* name;
  absl::optional<int32_t> KurentoOptions::*member;
};

// In OpenVidu's order, both of reading and of answering.
constexpr BandwidthField kBandwidths[] = {
    {"videoMaxRecvBandwidth", &KurentoOptions::video_max_recv_bandwidth},
    {"videoMinRecvBandwidth", &KurentoOptions::video_min_recv_bandwidth},
    {"videoMaxSendBandwidth", &KurentoOptions::video_max_send_bandwidth},
    {"videoMinSendBandwidth", &KurentoOptions::video_min_send_bandwidth},
};

absl::Status TypeError(absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("Type error in some parameter of 'kurentoOptions': ", message));
}

}  // namespace

absl::StatusOr<KurentoOptions> ReadKurentoOptions(const Json& json) {
  if (!json.is_object() || HoldsInfinity(json)) {
    return absl::InvalidArgumentError(
        "Error in parameter 'kurentoOptions'. It is not a valid JSON object");
  }
  KurentoOptions options;
  for (const BandwidthField& field : kBandwidths) {
    const Json* value = json.Find(field.name);
    if (value == nullptr) continue;
    const absl::StatusOr<int32_t> bandwidth = GsonAsInt(*value);
    if (!bandwidth.ok()) return TypeError(bandwidth.status().message());
    options.*field.member = *bandwidth;
  }
  if (const Json* filters = json.Find("allowedFilters")) {
    if (!filters->is_array()) {
      return TypeError(absl::StrCat("Not a JSON Array: ", GsonText(*filters)));
    }
    for (const Json& element : filters->elements()) {
      absl::StatusOr<std::string> filter = GsonAsString(element);
      if (!filter.ok()) return TypeError(filter.status().message());
      options.allowed_filters.push_back(*std::move(filter));
    }
  }
  return options;
}

void AppendJson(const KurentoOptions& options, std::string* out) {
  const char* separator = "{";
  for (const BandwidthField& field : kBandwidths) {
    const absl::optional<int32_t>& value = options.*field.member;
    if (!value.has_value()) continue;
    absl::StrAppend(out, separator, "\"", field.name, "\":", *value);
    separator = ",";
  }
  if (!options.allowed_filters.empty()) {
    absl::StrAppend(out, separator, R"("allowedFilters":)");
    separator = "[";
    for (const std::string& filter : options.allowed_filters) {
      absl::StrAppend(out, separator, JsonString(filter));
      separator = ",";
    }
    out->push_back(']');
  }
  out->append(*separator == '{' ? "{}" : "}");
}

}  // namespace openvidu::emulator
