#ifndef DEPLOY_K8S_CALLS_LOAD_H_
#define DEPLOY_K8S_CALLS_LOAD_H_

#include <atomic>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace openvidu::token {

/// What came of one call.
struct Outcome {
  std::string error;   ///< Empty: it brought a token.
  std::string server;  ///< The address that answered, where it is known.
};

/// Makes a call and waits for its end. From one thread.
using Call = std::function<Outcome()>;

/// How much is called.
struct LoadOptions {
  int calls = 1;            ///< At least.
  absl::Duration duration;  ///< At least, unless it is stopped.
  int concurrency = 1;
  absl::Duration pause;  ///< Of each caller, between its calls.
};

/// What came of all calls.
struct LoadResult {
  int ok = 0;
  int lost = 0;
  std::map<std::string, int> errors;   ///< How often each.
  std::map<std::string, int> servers;  ///< Calls that each address answered.
};

/// Calls from `concurrency` threads, each with a Call of its own. `stopped` ends the duration.
LoadResult RunLoad(const LoadOptions& options, const std::function<Call()>& make_call,
                   const std::atomic<bool>& stopped);

/// As one line of JSON.
std::string ToJson(const LoadResult& result);

/// Joins `session` over gRPC, through one channel of the client library. `target`: any gRPC target.
/// Exits where it is none.
std::function<Call()> GrpcCalls(const std::string& target, const std::string& session);

/// Joins `session` over HTTP, each Call through a kept-alive connection of its own, to `url`
/// (http://host:port). As balancers do, it connects anew where it cannot connect, for nothing has
/// been sent then.
std::function<Call()> HttpCalls(const std::string& url, const std::string& session,
                                absl::Duration patience);

/// Prints what a GET of `path` at `url` is answered with. Returns the exit code: kNoConnection where
/// nobody takes the connection.
int Get(const std::string& url, const std::string& path);
inline constexpr int kNoConnection = 3;

}  // namespace openvidu::token

#endif  // DEPLOY_K8S_CALLS_LOAD_H_
