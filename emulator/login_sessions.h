#ifndef EMULATOR_LOGIN_SESSIONS_H_
#define EMULATOR_LOGIN_SESSIONS_H_

#include <deque>
#include <mutex>
#include <string>
#include <unordered_set>

#include "emulator/http_message.h"

namespace openvidu::emulator {

/// The OVJSESSIONID cookies, which Spring Security gives to clients without valid credentials so
/// that it could bring them back to their request after a login. Thread-safe; remembers the newest
/// few thousand.
class LoginSessions {
 public:
  /// Returns the value of the `Set-Cookie` header of an answer 401, or "" where there is none: the
  /// client has a cookie of ours already [17], or asks for JSON [16], an event stream or from a
  /// script, whose requests Spring Security does not keep.
  std::string CookieFor(const HttpRequest& request);

  /// As CookieFor, for the WebSocket endpoint, which opens a session for everybody.
  std::string CookieForEverybody(const HttpRequest& request);

  /// Forgets all.
  void Clear();

 private:
  bool IsKnown(const HttpRequest& request);

  std::mutex mutex_;
  std::unordered_set<std::string> known_;
  std::deque<std::string> oldest_first_;
};

/// Whether a script sent the request; such a client gets no challenge either.
bool IsScriptRequest(const HttpRequest& request);

}  // namespace openvidu::emulator

#endif  // EMULATOR_LOGIN_SESSIONS_H_
