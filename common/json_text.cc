#include "common/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace openvidu::token {
namespace {

bool IsPlain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

}  // namespace

void AppendJsonString(absl::string_view text, std::string& json) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) {
    absl::StrAppend(&json, "\"", text, "\"");
  } else {
    json += nlohmann::json(std::string(text))
                .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  }
}

}  // namespace openvidu::token
