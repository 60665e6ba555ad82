#include "telemetry/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/read_file.h"
#include "common/version.h"
#include "telemetry/build_info.h"

namespace openvidu::token {
namespace {

double Seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double Now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return Seconds(time);
}

/// Field `number`, as proc(5) counts them, of /proc/self/stat, from the third on: the second one, a
/// name in brackets, may hold anything.
class Stat {
 public:
  Stat() {
    const absl::StatusOr<std::string> text = ReadFile("/proc/self/stat");
    if (!text.ok()) return;
    const size_t name_end = text->rfind(") ");
    if (name_end == std::string::npos) return;
    fields_ = absl::StrSplit(text->substr(name_end + 2), ' ');
  }

  bool Read(size_t number, uint64_t& value) const {
    return number - 3 < fields_.size() && absl::SimpleAtoi(fields_[number - 3], &value);
  }

 private:
  std::vector<std::string> fields_;
};

void AddFromStat(Readings& readings) {
  const Stat stat;
  uint64_t value = 0;
  if (stat.Read(20, value)) {
    readings.Gauge("process_threads", "Number of OS threads in the process.",
                   static_cast<double>(value));
  }
  if (stat.Read(22, value)) {  // in ticks since the system started
    // Once, for each time the clocks would give another fraction, and a change means a restart.
    static const double start =
        Now(CLOCK_REALTIME) - Now(CLOCK_BOOTTIME) +
        static_cast<double>(value) / static_cast<double>(sysconf(_SC_CLK_TCK));
    readings.Gauge("process_start_time_seconds",
                   "Start time of the process since unix epoch in seconds.", start);
  }
  if (stat.Read(23, value)) {
    readings.Gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.",
                   static_cast<double>(value));
  }
  if (stat.Read(24, value)) {
    readings.Gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
                   static_cast<double>(value) * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
}

void AddDescriptors(Readings& readings) {
  std::error_code error;
  const auto open = std::filesystem::directory_iterator("/proc/self/fd", error);
  if (!error) {
    // One is the folder's own.
    readings.Gauge(
        "process_open_fds", "Number of open file descriptors.",
        static_cast<double>(std::distance(open, std::filesystem::directory_iterator())) - 1);
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    readings.Gauge("process_max_fds", "Maximum number of open file descriptors.",
                   static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace

void AddProcessMetrics(Readings& readings) {
  readings.Gauge("openvidu_token_build_info", "What the program is built of: always 1.", 1,
                 {{"version", TOKEN_VERSION}, {"revision", BuildRevision()}});
  readings.Counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
                   Now(CLOCK_PROCESS_CPUTIME_ID));
  AddFromStat(readings);
  AddDescriptors(readings);
}

}  // namespace openvidu::token
