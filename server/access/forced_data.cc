#include "server/access/forced_data.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/access/json_object.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

/// ASCII characters for their \uXXXX.
std::string Unescaped(absl::string_view text) {
  std::string plain;
  for (size_t at = 0; at < text.size(); ++at) {
    const absl::string_view escape = text.substr(at, 6);
    int code = 0;
    if (escape.size() == 6 && absl::StartsWith(escape, "\\u00") &&
        absl::SimpleHexAtoi(escape.substr(4), &code) && code < 0x80) {
      plain += static_cast<char>(code);
      at += 5;
    } else {
      plain += text[at];
    }
  }
  return plain;
}

}  // namespace

absl::StatusOr<std::string> ForcedData::Merge(absl::string_view data,
                                              const Identity& identity) const {
  Json merged = Json::object();
  if (!data.empty()) {
    absl::StatusOr<Json> client = ParseJsonObject(data);
    if (!client.ok()) return client.status();
    merged = *std::move(client);
  }
  for (const auto& [name, member] : merged.items()) {
    for (const auto& [forced, value] : members) {
      if (name != forced && absl::EqualsIgnoreCase(name, forced)) {
        return absl::InvalidArgumentError(
            absl::StrCat("has a member that differs from '", forced, "' only in case"));
      }
    }
  }
  for (const auto& [name, value] : members) {
    merged.erase(name);
    if (const auto* json = std::get_if<Json>(&value)) {
      merged[name] = *json;
    } else if (auto text = std::get<CallerText>(value).Expand(identity); text.has_value()) {
      merged[name] = *std::move(text);
    }
  }
  return merged.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool NamesConnection(absl::string_view data) {
  return absl::StrContains(Unescaped(data), "openviduCustomConnectionId");
}

}  // namespace openvidu::token
