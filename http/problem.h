#ifndef HTTP_PROBLEM_H_
#define HTTP_PROBLEM_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Media type of ProblemJson().
inline constexpr char kProblemJsonType[] = "application/problem+json";

/// Returns an RFC 9457 problem: `type` about:blank, `title` (the status's reason phrase), `status`,
/// `detail` where it is not empty, then the members of `extensions`, an object. Text that is not
/// UTF-8 is mended.
std::string ProblemJson(
    int status, absl::string_view detail,
    const nlohmann::ordered_json& extensions = nlohmann::ordered_json::object());

/// Returns the reason phrase of an HTTP status as RFC 9110 and RFC 6585 have it, or "Unknown".
absl::string_view ReasonPhrase(int status);

}  // namespace openvidu::token

#endif  // HTTP_PROBLEM_H_
