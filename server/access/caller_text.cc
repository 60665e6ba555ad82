#include "server/access/caller_text.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/log.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kClaim = "claim.";

}  // namespace

const Json* FindClaim(const Identity& identity, absl::string_view name) {
  if (!identity.claims.is_object()) return nullptr;
  if (!absl::StartsWith(name, "/")) {
    const auto claim = identity.claims.find(std::string(name));
    return claim == identity.claims.end() ? nullptr : &*claim;
  }
  try {
    const Json::json_pointer pointer{std::string(name)};
    return identity.claims.contains(pointer) ? &identity.claims.at(pointer) : nullptr;
  } catch (const Json::exception&) {  // such as an index that is none
    return nullptr;
  }
}

absl::StatusOr<CallerText> CallerText::Parse(absl::string_view text) {
  CallerText parsed;
  while (!text.empty()) {
    const size_t begin = text.find("${");
    if (begin > 0) parsed.parts_.push_back({false, std::string(text.substr(0, begin))});
    if (begin == absl::string_view::npos) break;
    const size_t end = text.find('}', begin);
    if (end == absl::string_view::npos) return absl::InvalidArgumentError("has a ${ without a }");
    const absl::string_view value = text.substr(begin + 2, end - begin - 2);
    if (value != "sub" && (!absl::StartsWith(value, kClaim) || value.size() == kClaim.size())) {
      return absl::InvalidArgumentError(absl::StrCat(
          "has ${", Printable(value, 100), "}, which is neither ${sub} nor ${claim.NAME}"));
    }
    parsed.parts_.push_back({true, std::string(value)});
    text.remove_prefix(end + 1);
  }
  return parsed;
}

std::optional<std::string> CallerText::Value(const Identity& identity, const Part& part) {
  std::string value;
  if (part.text == "sub") {
    value = identity.subject;
  } else {
    const Json* claim = FindClaim(identity, absl::StripPrefix(part.text, kClaim));
    if (claim == nullptr) return std::nullopt;
    if (claim->is_string()) value = claim->get<std::string>();
    if (claim->is_number_integer()) value = claim->dump();
  }
  if (value.empty()) return std::nullopt;
  return value;
}

std::optional<std::string> CallerText::Expand(const Identity& identity) const {
  std::string text;
  for (const Part& part : parts_) {
    const std::optional<std::string> piece = part.is_value ? Value(identity, part) : part.text;
    if (!piece.has_value()) return std::nullopt;
    text += *piece;
  }
  return text;
}

}  // namespace openvidu::token
