#ifndef CLIENT_CLI_REPORT_H_
#define CLIENT_CLI_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "client/cli/output.h"

namespace openvidu::token {

/// Exit codes of token-cli beside those of common/flags.h.
inline constexpr int kExitNotFound = 3;     ///< No such session.
inline constexpr int kExitRejected = 4;     ///< OpenVidu, or a check before it, rejects a property.
inline constexpr int kExitUnavailable = 5;  ///< No answer, or not in time.
inline constexpr int kExitNotAllowed = 6;   ///< Who calls is not known, or may not do it.
inline constexpr int kExitBusy = 7;         ///< Too much is asked for; come again later.

/// The exit code that tells the kind of an error.
int ExitCodeOf(const absl::Status& status);

/// What to do about an error, by its reason and code; empty: nobody knows.
std::string AdviceFor(const absl::Status& status);

/// Prints why a call failed, and what to do about it. Returns the exit code.
int ReportFailure(const absl::Status& status, Console& console);

/// Prints the mistakes of a command line, one a line. Returns kExitUsage.
int ReportUsage(const absl::Status& mistakes, Console& console);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_REPORT_H_
