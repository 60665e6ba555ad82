#ifndef SERVER_ACCESS_CALLER_TEXT_H_
#define SERVER_ACCESS_CALLER_TEXT_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/identity.h"

namespace openvidu::token {

/// The claim of `identity` called `name`, or at the JSON pointer `name` where that begins with '/',
/// such as "/realm_access/roles"; null where it is not there.
const nlohmann::json* FindClaim(const Identity& identity, absl::string_view name);

/// Text of the policy's that takes values of the caller's: `${sub}`, his subject, and
/// `${claim.NAME}`, a claim that is a text or an integer (FindClaim).
class CallerText {
 public:
  struct Part {
    bool is_value;     ///< Else it is literal.
    std::string text;  ///< "sub" or "claim.NAME" of a value.
  };

  /// Errors: kInvalidArgument that says, as the end of a sentence, what is wrong.
  static absl::StatusOr<CallerText> Parse(absl::string_view text);

  const std::vector<Part>& parts() const { return parts_; }

  /// The value that a part stands for; none where the caller has none, or an empty one.
  static std::optional<std::string> Value(const Identity& identity, const Part& part);
  /// All of it; none where one of the values is missing.
  std::optional<std::string> Expand(const Identity& identity) const;

 private:
  std::vector<Part> parts_;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_CALLER_TEXT_H_
