#ifndef COMMON_FLAGS_H_
#define COMMON_FLAGS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/mistakes.h"

namespace openvidu::token {

/// The exit codes that all our programs share.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  ///< Something failed while running.
inline constexpr int kExitUsage = 2;    ///< A mistake in flags, environment or files.

/// Sets the ABSL_FLAGs that `argv` names (`--name=value`, `--name value`, `--[no]name` for a bool;
/// `--flagfile` names a file with more of them; `--` ends the flags) and returns the other arguments in order. Unlike absl::ParseCommandLine it
/// names every mistake, not only the first, and leaves exiting to the caller. Errors:
/// kInvalidArgument, one mistake a line. Adds to `named`, where it is not null, the flags that it
/// set.
absl::StatusOr<std::vector<std::string>> ParseFlags(int argc, char* const* argv,
                                                    std::set<std::string>* named = nullptr);

/// As ParseFlags, for main(), and an argument that is no flag is a mistake: `--help` prints `usage`
/// and every flag of this program and exits 0,
/// `--version` prints "<program> <version>" and exits 0, a mistake is printed and exits 2.
void ParseFlagsOrExit(int argc, char* const* argv, absl::string_view usage);

/// The same for a program that takes arguments, which it returns.
std::vector<std::string> ParseCommandOrExit(int argc, char* const* argv, absl::string_view usage);

/// Errors: kInvalidArgument where `value`, of the flag `name`, is below zero.
absl::Status CheckNotNegative(absl::string_view name, absl::Duration value);

/// Prints each line of `status`'s message to stderr with the program's name. Returns the exit code:
/// kExitUsage for kInvalidArgument, else kExitFailure, such as for a port that is in use.
int ReportMistakes(const absl::Status& status);

}  // namespace openvidu::token

#endif  // COMMON_FLAGS_H_
