#include "client/cli/bench.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client/cli/report.h"
#include "common/flags.h"

namespace openvidu::token {
namespace {

constexpr auto kProgressInterval = std::chrono::milliseconds(100);

/// What came of the calls. Thread-safe.
class Tally {
 public:
  Tally(const BenchOptions& options) : options_(options), begin_(absl::Now()) {}

  /// Takes one more call to make; false: no more.
  bool Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_ || begun_ == options_.requests || Elapsed() >= options_.duration) return false;
    ++begun_;
    return true;
  }

  void Add(const absl::Status& status, absl::Duration latency) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (status.ok()) {
      latencies_.push_back(absl::ToDoubleMilliseconds(latency));
    } else {
      ++errors_[absl::StatusCodeToString(status.code())];
      ++failed_;
    }
  }

  void Stop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }

  /// A caller has ended.
  void Leave() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++left_;
    changed_.notify_all();
  }

  /// Waits for the callers' end, a short while. Returns whether all have ended.
  bool AwaitEnd() {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kProgressInterval,
                             [this] { return left_ == options_.concurrency; });
  }

  /// "[#####     ] 50/100, 40/s"
  std::string Progress() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const size_t done = latencies_.size() + failed_;
    const double part = std::max(static_cast<double>(done) / options_.requests,
                                 std::min(absl::FDivDuration(Elapsed(), options_.duration), 1.0));
    const auto width = static_cast<size_t>(part * kBarWidth);
    return absl::StrFormat("[%s%s] %d/%d, %.0f/s", std::string(width, '#'),
                           std::string(kBarWidth - width, ' '), done, options_.requests,
                           static_cast<double>(done) / absl::ToDoubleSeconds(Elapsed()));
  }

  bool has_failures() const { return failed_ > 0; }

  /// To be called when all have ended.
  Json Result() {
    const double seconds = absl::ToDoubleSeconds(Elapsed());
    const size_t done = latencies_.size() + failed_;
    std::sort(latencies_.begin(), latencies_.end());
    Json result = {{"sessionId", options_.session_id},
                   {"calls", done},
                   {"succeeded", latencies_.size()},
                   {"failed", failed_},
                   {"concurrency", options_.concurrency},
                   {"seconds", Rounded(seconds)},
                   {"callsPerSecond", Rounded(static_cast<double>(done) / seconds)}};
    if (!latencies_.empty()) {
      result["latencyMs"] = {
          {"p50", Percentile(50)}, {"p99", Percentile(99)}, {"max", Percentile(100)}};
    }
    if (!errors_.empty()) result["errors"] = errors_;
    return result;
  }

 private:
  static constexpr size_t kBarWidth = 30;

  absl::Duration Elapsed() const { return absl::Now() - begin_; }

  static double Rounded(double value) { return std::round(value * 1000) / 1000; }

  /// By the nearest rank.
  double Percentile(int percent) const {
    const auto rank =
        static_cast<size_t>(std::ceil(static_cast<double>(latencies_.size()) * percent / 100));
    return Rounded(latencies_[std::max<size_t>(rank, 1) - 1]);
  }

  const BenchOptions& options_;
  const absl::Time begin_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  int begun_ = 0;
  int left_ = 0;
  bool stopped_ = false;
  std::vector<double> latencies_;  // of the calls that went well, in milliseconds
  std::map<std::string, int> errors_;
  size_t failed_ = 0;
};

void Warn(const BenchOptions& options, Console& console) {
  const std::string text = absl::StrCat(
      "creates up to ", options.requests, " real connections, ", options.concurrency,
      " at once, for ", absl::FormatDuration(options.duration),
      " at most, all in the one session '", Displayable(options.session_id),
      "'. Each costs an OpenVidu some 65 ms of CPU, and stays until the session ends.");
  console.err << "token-cli: " << Styled(text, Style::kYellow, console.colour_err) << "\n";
}

void CallOnAndOn(const BenchOptions& options, TokenClient& client, Tally& tally) {
  while (tally.Take()) {
    const absl::Time begin = absl::Now();
    const absl::Status status =
        client.CreateConnection(options.session_id, {}, {.caller = options.caller}).status();
    tally.Add(status, absl::Now() - begin);
  }
  tally.Leave();
}

absl::Status CheckRange(absl::string_view flag, int64_t value, int64_t most) {
  if (value >= 1 && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("flag --", flag, " must be 1 to ", most));
}

}  // namespace

absl::Status CheckBenchOptions(const BenchOptions& options) {
  return AllMistakes({CheckRange("requests", options.requests, kMaxBenchRequests),
                      CheckRange("seconds", absl::ToInt64Seconds(options.duration),
                                 absl::ToInt64Seconds(kMaxBenchDuration)),
                      CheckRange("concurrency", options.concurrency, kMaxBenchConcurrency)});
}

int RunBench(const BenchOptions& options, TokenClient& client, Cancellation& end,
             Console& console) {
  Warn(options, console);
  v1::SessionProperties session;
  session.set_custom_session_id(options.session_id);
  const absl::Status created =
      client.InitializeSession(std::move(session), {.caller = options.caller}).status();
  if (!created.ok()) return ReportFailure(created, console);

  const auto tally = std::make_shared<Tally>(options);
  end.SetListener([tally] { tally->Stop(); });
  std::vector<std::thread> callers;
  for (int i = 0; i < options.concurrency; ++i) {
    callers.emplace_back([&] { CallOnAndOn(options, client, *tally); });
  }
  while (!tally->AwaitEnd()) {
    if (console.err_is_terminal) console.err << "\r" << tally->Progress() << std::flush;
  }
  for (std::thread& caller : callers) caller.join();
  if (console.err_is_terminal) console.err << "\r\033[K" << std::flush;  // ECMA-48 8.3.41: EL

  const Json result = tally->Result();
  std::string text = ToTable(result, false);
  text.pop_back();
  Print(result, text, console);
  return tally->has_failures() ? kExitFailure : kExitOk;
}

}  // namespace openvidu::token
