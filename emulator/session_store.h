#ifndef EMULATOR_SESSION_STORE_H_
#define EMULATOR_SESSION_STORE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "emulator/session.h"

namespace openvidu::emulator {

/// Holds the sessions, their connections and tokens in memory (openvidu-rest.md §5). Thread-safe.
/// Where JSON is returned, it is the text that the REST API answers.
///
/// The errors of all: kFailedPrecondition (no such session), kNotFound (no such connection, stream
/// or token).
class SessionStore {
 public:
  /// `token_url` begins every token: "wss://<domain>[:port]".
  SessionStore(std::string token_url, std::function<absl::Time()> clock);

  /// Creates a session and returns its JSON. Errors: kAlreadyExists (the custom id is taken).
  absl::StatusOr<std::string> CreateSession(const SessionProperties& properties);
  absl::StatusOr<std::string> SessionJson(absl::string_view id, bool with_pending);
  std::string SessionsJson(bool with_pending);
  absl::Status DeleteSession(absl::string_view id);
  bool HasSession(absl::string_view id);

  /// Creates a pending connection (WEBRTC) or an active one (IPCAM).
  absl::StatusOr<std::string> CreateWebrtcConnection(absl::string_view session_id,
                                                     const ConnectionProperties& properties);
  absl::StatusOr<std::string> CreateIpcamConnection(absl::string_view session_id,
                                                    const ConnectionProperties& properties);
  /// Creates a pending connection and returns the JSON of POST /tokens.
  absl::StatusOr<std::string> CreateToken(absl::string_view session_id,
                                          const ConnectionProperties& properties);

  absl::StatusOr<std::string> ConnectionsJson(absl::string_view session_id, bool with_pending);
  absl::StatusOr<std::string> ConnectionJson(absl::string_view session_id,
                                             absl::string_view connection_id);
  /// Evicts an active connection or revokes a pending one. With the last active one the session
  /// goes.
  absl::Status DeleteConnection(absl::string_view session_id, absl::string_view connection_id);
  /// Errors besides: kUnimplemented (the stream of an IP camera).
  absl::Status DeleteStream(absl::string_view session_id, absl::string_view stream_id);

  /// Returns the ids of the active connections; empty where nobody joined yet.
  absl::StatusOr<std::vector<std::string>> ActiveConnectionIds(absl::string_view session_id);

  /// A participant's side, which reaches the real server by WebSocket. `token` is the whole token
  /// or its `tok_…` part and is used up. Returns the connection's JSON.
  absl::StatusOr<std::string> Join(absl::string_view session_id, absl::string_view token,
                                   std::string client_data, std::string platform);
  absl::Status Leave(absl::string_view session_id, absl::string_view connection_id);
  /// An active connection begins to publish. Returns the stream's id.
  absl::StatusOr<std::string> Publish(absl::string_view session_id,
                                      absl::string_view connection_id);

  /// Drops the sessions that nobody ever joined and that are older than `threshold`. Returns how
  /// many.
  size_t CollectGarbage(absl::Duration threshold);
  /// Forgets everything, as a restart does.
  void Clear();

  struct Counts {
    size_t sessions = 0;
    size_t connections = 0;
  };
  Counts Count();

 private:
  using Sessions = std::map<std::string, Session, std::less<>>;

  Session* Find(absl::string_view id);
  int64_t NowMs() const { return absl::ToUnixMillis(clock_()); }
  absl::StatusOr<Connection> AddPending(Session* session, const ConnectionProperties& properties);
  absl::Status Remove(Session* session, absl::string_view connection_id, bool active_only);

  const std::string token_url_;
  const std::function<absl::Time()> clock_;
  std::mutex mutex_;
  Sessions sessions_;
};

}  // namespace openvidu::emulator

#endif  // EMULATOR_SESSION_STORE_H_
