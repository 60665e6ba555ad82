#ifndef SERVER_ACCESS_FORCED_DATA_H_
#define SERVER_ACCESS_FORCED_DATA_H_

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/caller_text.h"

namespace openvidu::token {

/// Members of a connection's `data` that the server sets, so that no client can claim to be
/// another.
struct ForcedData {
  /// A text with the caller's values in it, or any other JSON value. Of a text whose value the
  /// caller has not, the member is left out.
  std::map<std::string, std::variant<CallerText, nlohmann::json>> members;

  /// The client's `data`, a JSON object's text or empty, with `members` in it. A client's member of
  /// such a name is gone; another spelling of the name, in upper or lower case, is an error, as is
  /// JSON that could be read in two ways.
  /// Errors: kInvalidArgument that says, as the end of a sentence, what is wrong with the client's.
  absl::StatusOr<std::string> Merge(absl::string_view data, const Identity& identity) const;
};

/// Whether OpenVidu may find "openviduCustomConnectionId" in `data`: a member that names the
/// connection (openvidu-rest.md §4), and so could take another one's name. Its parser is lenient
/// (Gson), so the word anywhere counts, escaped or not.
bool NamesConnection(absl::string_view data);

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_FORCED_DATA_H_
