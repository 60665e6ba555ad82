#ifndef SERVER_ACCESS_CAMERA_CHECK_H_
#define SERVER_ACCESS_CAMERA_CHECK_H_

#include <list>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "net/address_resolver.h"
#include "net/reactor.h"
#include "server/access/decision.h"

namespace openvidu::token {

/// Looks a camera's host up, and says whether all of its addresses may be opened. OpenVidu looks it
/// up once more, and may get other addresses then (docs/policy.md). Of the reactor's thread only.
class CameraCheck {
 public:
  using Done = absl::AnyInvocable<void(const absl::Status&)>;

  /// `reactor` outlives it. More than `max_lookups` at once, each of which has a thread, are
  /// refused.
  explicit CameraCheck(Reactor& reactor, size_t max_lookups = 16);
  /// Ends what is under way with kUnavailable, on this thread: the reactor's.
  ~CameraCheck();

  CameraCheck(const CameraCheck&) = delete;
  CameraCheck& operator=(const CameraCheck&) = delete;

  /// Calls `done` once, maybe before it returns, on the reactor's thread. Errors: kPermissionDenied
  /// (Denied) where an address is not allowed or none is found, in the same words, so that nobody
  /// learns the names of a network within; kDeadlineExceeded; kResourceExhausted (too many
  /// lookups).
  void Check(const CameraHost& camera, absl::Time deadline, Done done);

 private:
  struct Lookup {
    std::unique_ptr<AddressResolver> resolver;
    Reactor::Timer timer;
    Done done;  ///< Null once it was called.
  };

  static void Tell(Lookup& lookup, const absl::Status& status);

  Reactor& reactor_;
  const size_t max_lookups_;
  std::list<Lookup> lookups_;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_CAMERA_CHECK_H_
