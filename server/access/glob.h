#ifndef SERVER_ACCESS_GLOB_H_
#define SERVER_ACCESS_GLOB_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Whether `text` is made of `literals` in their order, with anything or nothing between two of
/// them: a glob that was cut at each `*`. One literal is the text itself. Never tries a way twice.
bool MatchesGlob(const std::vector<std::string>& literals, absl::string_view text);

/// The same, of a host name's or an address's labels: a `*` in `pattern` stands for no dot, so that
/// `cam-*` is not `cam-1.example.com`, unless `pattern` is `*` alone. Both in lower case.
bool MatchesHost(absl::string_view pattern, absl::string_view host);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_GLOB_H_
