#ifndef CLIENT_CLI_PROFILE_H_
#define CLIENT_CLI_PROFILE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace openvidu::token {

/// Named sets of flags.
class Profiles {
 public:
  /// A key, its value and the line that they are in.
  struct Setting {
    std::string key;
    std::string value;
    int line = 0;
  };

  /// Reads `text`, the file `path`: `[name]` begins a profile, `key = value` sets a flag, `#` and
  /// `;` begin a line of comment, and spaces around names and values do not count. Errors:
  /// kInvalidArgument naming file, line and key of every mistake, one a line: what is none of
  /// these, a key before the first profile, a profile or key that is there twice, a flag that no
  /// profile sets.
  static absl::StatusOr<Profiles> Parse(absl::string_view text, const std::string& path);

  /// Reads the file. One that is not there has no profiles.
  static absl::StatusOr<Profiles> Read(const std::string& path);

  /// Null where there is no such profile.
  const std::vector<Setting>* Find(absl::string_view name) const;

  /// The profiles' names, in the file's order, with commas.
  std::string Names() const;

 private:
  std::vector<std::pair<std::string, std::vector<Setting>>> profiles_;
};

/// The profile that counts where none is asked for; it need not be there.
inline constexpr char kDefaultProfile[] = "default";

/// Sets the flags by the profile `name` in the file `path`, and by the environment, which comes
/// before it. What the command line says has to be set again after it. Errors: kInvalidArgument
/// naming the file and the key.
absl::Status ApplyProfile(const std::string& path, absl::string_view name);

/// "~/.config/openvidu-token/profiles.ini", wherever that is; "" where nothing says so.
std::string ProfilesPath();

}  // namespace openvidu::token

#endif  // CLIENT_CLI_PROFILE_H_
