#include "server/access/policy_reader.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/log.h"

namespace openvidu::token {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;

std::string MemberPath(const std::string& path, absl::string_view name) {
  return absl::StrCat(path, path.empty() ? "" : ".", Printable(name, 100));
}

/// An object or array that is being read.
struct Open {
  bool is_array;
  std::string key = "";  ///< Of an object: the last one.
  size_t elements = 0;
  std::set<std::string> keys = {};
};

/// Where the last key or element is.
std::string PathOf(const std::vector<Open>& open) {
  std::string path;
  for (const Open& level : open) {
    path = level.is_array ? absl::StrCat(path, "[", level.elements - 1, "]")
                          : MemberPath(path, level.key);
  }
  return path;
}

}  // namespace

Json ParsePolicyJson(absl::string_view text, std::vector<std::string>& mistakes) {
  using Event = Json::parse_event_t;
  std::vector<Open> open;
  const auto look = [&](int depth, Event event, Json& parsed) {
    if (event == Event::object_end || event == Event::array_end) {
      open.pop_back();
    } else if (event == Event::key) {
      open.back().key = parsed.get<std::string>();
      if (!open.back().keys.insert(open.back().key).second) {
        mistakes.push_back(absl::StrCat(PathOf(open), ": comes twice"));
      }
      return true;
    } else if (!open.empty()) {
      ++open.back().elements;
    }
    if (event == Event::object_start || event == Event::array_start) {
      if (depth == kMaxDepth) mistakes.push_back(absl::StrCat(PathOf(open), ": is too deep"));
      open.push_back({.is_array = event == Event::array_start});
    }
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), look);
  } catch (const Json::parse_error& error) {
    const size_t end = std::min(error.byte, text.size());
    const auto line = std::count(text.begin(), text.begin() + end, '\n') + 1;
    mistakes.push_back(absl::StrCat("line ", line, ": is not JSON"));
  } catch (const Json::exception&) {
    mistakes.push_back("has a number beyond the range of a double");
  }
  return nullptr;
}

void PolicyValue::Mistake(absl::string_view why) const {
  mistakes_->push_back(absl::StrCat(path_.empty() ? "the policy" : path_, ": ", why));
}

bool PolicyValue::IsObject(absl::Span<const absl::string_view> keys) const {
  if (!json_->is_object()) {
    Mistake("has to be an object");
    return false;
  }
  for (const auto& [name, value] : json_->items()) {
    if (std::find(keys.begin(), keys.end(), name) == keys.end()) {
      PolicyValue(value, MemberPath(path_, name), *mistakes_)
          .Mistake(absl::StrCat("is not known; here may be ", absl::StrJoin(keys, ", ")));
    }
  }
  return true;
}

void PolicyValue::ForEachMember(
    const std::function<void(const std::string&, const PolicyValue&)>& each) const {
  if (!json_->is_object()) return Mistake("has to be an object");
  for (const auto& [name, value] : json_->items()) {
    each(name, PolicyValue(value, MemberPath(path_, name), *mistakes_));
  }
}

void PolicyValue::ForEachElement(const std::function<void(const PolicyValue&)>& each) const {
  if (!json_->is_array()) return Mistake("has to be an array");
  for (size_t i = 0; i < json_->size(); ++i) {
    each(PolicyValue((*json_)[i], absl::StrCat(path_, "[", i, "]"), *mistakes_));
  }
}

std::optional<PolicyValue> PolicyValue::Find(absl::string_view key) const {
  const auto member = json_->find(std::string(key));
  if (member == json_->end()) return std::nullopt;
  return PolicyValue(*member, MemberPath(path_, key), *mistakes_);
}

void PolicyValue::Read(bool& value) const {
  if (!json_->is_boolean()) return Mistake("has to be true or false");
  value = json_->get<bool>();
}

void PolicyValue::Read(std::string& value) const {
  if (!json_->is_string() || json_->get_ref<const std::string&>().empty()) {
    return Mistake("has to be a text that is not empty");
  }
  value = json_->get<std::string>();
}

void PolicyValue::Read(int& value, int min, int max) const {
  const bool fits = json_->is_number_unsigned()
                        ? json_->get<uint64_t>() <= static_cast<uint64_t>(max)
                        : json_->is_number_integer();
  if (!fits || json_->get<int64_t>() < min || json_->get<int64_t>() > max) {
    return Mistake(absl::StrCat("has to be a whole number from ", min, " to ", max));
  }
  value = json_->get<int>();
}

std::optional<size_t> PolicyValue::ReadWord(absl::Span<const absl::string_view> words) const {
  const auto word = json_->is_string() ? std::find(words.begin(), words.end(),
                                                   json_->get_ref<const std::string&>())
                                       : words.end();
  if (word != words.end()) return word - words.begin();
  Mistake(absl::StrCat("has to be one of ", absl::StrJoin(words, ", ")));
  return std::nullopt;
}

}  // namespace openvidu::token
