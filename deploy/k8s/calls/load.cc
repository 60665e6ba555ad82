#include "deploy/k8s/calls/load.h"

#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "absl/time/clock.h"

namespace openvidu::token {

LoadResult RunLoad(const LoadOptions& options, const std::function<Call()>& make_call,
                   const std::atomic<bool>& stopped) {
  std::mutex mutex;
  LoadResult result;
  int begun = 0;
  const absl::Time end = absl::Now() + options.duration;
  const auto may_begin = [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    return begun++ < options.calls || (!stopped && absl::Now() < end);
  };
  const auto count = [&](const Outcome& outcome) {
    const std::lock_guard<std::mutex> lock(mutex);
    ++(outcome.error.empty() ? result.ok : result.lost);
    if (!outcome.error.empty()) ++result.errors[outcome.error];
    if (!outcome.server.empty()) ++result.servers[outcome.server];
  };
  std::vector<std::thread> callers;
  for (int i = 0; i < options.concurrency; ++i) {
    callers.emplace_back([&] {
      const Call call = make_call();
      while (may_begin()) {
        count(call());
        absl::SleepFor(options.pause);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  return result;
}

std::string ToJson(const LoadResult& result) {
  return nlohmann::json{{"ok", result.ok},
                        {"lost", result.lost},
                        {"errors", result.errors},
                        {"servers", result.servers}}
      .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace openvidu::token
