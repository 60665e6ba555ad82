#include "client/cli/command_line.h"
#include "client/cli/output.h"
#include "client/cli/profile.h"
#include "client/cli/report.h"
#include "client/cli/run.h"
#include "common/flags.h"
#include "common/version.h"

int main(int argc, char** argv) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace): this is main()
  if (AsksForVersion(argc, argv)) {
    StandardConsole().out << "token-cli " << TOKEN_VERSION << "\n";
    return kExitOk;
  }
  const absl::StatusOr<CommandLine> line = ReadCommandLine(argc, argv, ProfilesPath());
  Console console = StandardConsole();
  if (!line.ok()) return ReportUsage(line.status(), console);
  return Run(*line, console);
}
