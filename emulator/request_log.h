#ifndef EMULATOR_REQUEST_LOG_H_
#define EMULATOR_REQUEST_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace openvidu::emulator {

/// One request as it reached the REST API.
struct RequestRecord {
  std::string endpoint;  ///< As Route::name.
  std::string method;
  std::string target;  ///< Path and query as sent.
  std::string body;    ///< As far as it was read.
  int status = 0;      ///< 0: a fault kept the answer away.
  bool is_authenticated = false;
};

/// Counts and keeps the requests for tests. Keeps the newest 1000, of at most 64 MB. Thread-safe.
class RequestLog {
 public:
  void Add(RequestRecord record);
  void Clear();

  /// Returns the counts by endpoint, and "total" and "authenticated".
  std::map<std::string, int64_t> Counts();
  std::vector<RequestRecord> Records();

 private:
  std::mutex mutex_;
  std::map<std::string, int64_t> counts_;
  std::deque<RequestRecord> records_;
  size_t bytes_ = 0;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_REQUEST_LOG_H_
