#ifndef SERVER_ACCESS_POLICY_READER_H_
#define SERVER_ACCESS_POLICY_READER_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace openvidu::token {

/// Reads JSON. A member that comes twice is noted with its path, as is what is too deep or no JSON,
/// with its line; of that comes null.
nlohmann::json ParsePolicyJson(absl::string_view text, std::vector<std::string>& mistakes);

/// A value of the policy's file and where it is, such as "groups[0].ipcam.hosts[1]". What is wrong
/// with it is noted, and what was to be read stays as it was. Borrows what it is made of.
class PolicyValue {
 public:
  using Json = nlohmann::json;

  PolicyValue(const Json& json, std::string path, std::vector<std::string>& mistakes)
      : json_(&json), path_(std::move(path)), mistakes_(&mistakes) {}

  const Json& json() const { return *json_; }

  /// Notes that this value `why`.
  void Mistake(absl::string_view why) const;

  /// Whether it is an object, of no members but `keys`.
  bool IsObject(absl::Span<const absl::string_view> keys) const;
  /// Calls `each` with each member of an object, or element of an array; where it is neither, that
  /// is a mistake.
  void ForEachMember(const std::function<void(const std::string&, const PolicyValue&)>& each) const;
  void ForEachElement(const std::function<void(const PolicyValue&)>& each) const;
  /// The member; none where it is absent. Of an object.
  std::optional<PolicyValue> Find(absl::string_view key) const;

  void Read(bool& value) const;
  void Read(std::string& value) const;  ///< Not empty.
  void Read(int& value, int min, int max) const;
  /// One of `words`, by its place among them.
  std::optional<size_t> ReadWord(absl::Span<const absl::string_view> words) const;

 private:
  const Json* json_;
  std::string path_;
  std::vector<std::string>* mistakes_;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_POLICY_READER_H_
