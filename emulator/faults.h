#ifndef EMULATOR_FAULTS_H_
#define EMULATOR_FAULTS_H_

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "emulator/http_message.h"

namespace openvidu::emulator {

/// Something that a test wants to go wrong with an answer. emulator/README.md describes each kind.
struct Fault {
  enum class Kind {
    kResetBeforeAnswer,
    kCloseBeforeAnswer,
    kHandleThenClose,
    kResetMidAnswer,
    kCloseMidAnswer,
    kResetAfterAnswer,
    kStallBeforeHead,
    kStallMidBody,
    kDrip,
    kStatus,
    kGarbageBody,
    kTruncatedJson,
    kWrongContentType,
    kHugeAnswer,
  };
  Kind kind = Kind::kCloseBeforeAnswer;
  std::string method;  ///< Of the requests that it is for; empty: all.
  std::string path;    ///< The same; `…*` is a prefix, `{…}` any one segment; empty: all.
  int times = 1;       ///< How many requests; 0: until cleared.
  int skip = 0;        ///< How many fitting requests to let through first.

  absl::Duration duration = absl::Seconds(1);        ///< Of the stalls.
  bool then_close = false;                           ///< Of the stalls: EOF instead of the rest.
  absl::Duration interval = absl::Milliseconds(10);  ///< Of kDrip.
  int status = 503;                                  ///< Of kStatus.
  std::string body;                                  ///< Of kStatus.
  std::vector<HttpHeader> headers;                   ///< Of kStatus.
  size_t bytes = 1 << 20;                            ///< Of kHugeAnswer.

  /// Whether the request is handled, so that the state changes, although the answer goes wrong.
  bool IsHandled() const;
};

/// Returns the kind of that name ("reset_before_answer"), or nullopt.
absl::optional<Fault::Kind> FaultKindFromName(absl::string_view name);

/// Whether `path` fits the pattern of Fault::path.
bool PathFits(absl::string_view pattern, absl::string_view path);

/// Turns `response` into what the fault makes of it.
void ApplyFault(const Fault& fault, HttpResponse* response);

/// The faults that wait for their requests. Thread-safe.
class FaultPlan {
 public:
  void Add(Fault fault);
  void Clear();
  /// Returns the fault that `request` meets and counts it as used.
  absl::optional<Fault> Take(const HttpRequest& request);

 private:
  std::mutex mutex_;
  std::list<Fault> faults_;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_FAULTS_H_
