#ifndef HTTP_HTTP_DATE_H_
#define HTTP_HTTP_DATE_H_

#include <ctime>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// `time` as HTTP's headers have it (RFC 9110 5.6.7), such as "Sun, 06 Nov 1994 08:49:37 GMT".
std::string FormatHttpDate(std::time_t time);

/// The time that `text` says in the form of FormatHttpDate(); nullopt where it has another one: the
/// two obsolete forms only cost a client what it could have saved.
std::optional<std::time_t> ParseHttpDate(absl::string_view text);

}  // namespace openvidu::token

#endif  // HTTP_HTTP_DATE_H_
