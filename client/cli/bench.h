#ifndef CLIENT_CLI_BENCH_H_
#define CLIENT_CLI_BENCH_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/cli/output.h"
#include "client/token_client.h"
#include "common/cancellation.h"

namespace openvidu::token {

/// How much to ask for. Whichever limit is reached first counts.
struct BenchOptions {
  std::string session_id = "bench-cli";
  int requests = 100;                           ///< 1 to kMaxBenchRequests.
  absl::Duration duration = absl::Seconds(10);  ///< In which calls begin; to kMaxBenchDuration.
  int concurrency = 4;                          ///< Calls at once, 1 to kMaxBenchConcurrency.
  std::shared_ptr<const Caller> caller;
};

inline constexpr int kMaxBenchRequests = 100'000;
inline constexpr absl::Duration kMaxBenchDuration = absl::Minutes(10);
inline constexpr int kMaxBenchConcurrency = 256;

/// Errors: kInvalidArgument naming every mistake by its flag, one a line.
absl::Status CheckBenchOptions(const BenchOptions& options);

/// Creates the session, and connections to it, and prints the rate, the latencies and the errors by
/// code. `end` ends it early. Returns kExitOk where all calls were answered well, else
/// kExitFailure.
int RunBench(const BenchOptions& options, TokenClient& client, Cancellation& end, Console& console);

}  // namespace openvidu::token

#endif  // CLIENT_CLI_BENCH_H_
