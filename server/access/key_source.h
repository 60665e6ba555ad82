#ifndef SERVER_ACCESS_KEY_SOURCE_H_
#define SERVER_ACCESS_KEY_SOURCE_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "server/access/verification_key.h"

namespace openvidu::token {

/// Where the keys come from that tokens are verified by. Thread-safe, but made and destroyed on any
/// thread but the reactor's.
class KeySource {
 public:
  using Keys = std::shared_ptr<const VerificationKeys>;
  using Done = absl::AnyInvocable<void(Keys)>;

  virtual ~KeySource() = default;

  /// Those of now. Null: there are none, or they are too old to be trusted.
  virtual Keys keys() const = 0;

  /// Looks for newer ones than `seen`, because a token names one that is not among them, if it is
  /// not too soon again. Calls `done`, once, with those that there are then: before it returns, or
  /// on the reactor's thread, within seconds.
  virtual void Renew(Keys seen, Done done) = 0;
};

}  // namespace openvidu::token

#endif  // SERVER_ACCESS_KEY_SOURCE_H_
