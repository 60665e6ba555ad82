#ifndef EMULATOR_SESSION_H_
#define EMULATOR_SESSION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "emulator/connection_properties.h"
#include "emulator/session_properties.h"

namespace openvidu::emulator {

/// A stream that an active connection publishes.
struct Publisher {
  int64_t created_at_ms = 0;
  std::string stream_id;
};

/// A connection of a session: pending until somebody joins with its token, active then.
struct Connection {
  std::string id;
  std::string token;  ///< The whole URL; empty for IP cameras.
  int64_t created_at_ms = 0;
  ConnectionProperties properties;

  // Of active ones only.
  int64_t active_at_ms = 0;
  absl::optional<std::string> ip;
  std::string platform;
  absl::optional<std::string> client_data;
  std::vector<Publisher> publishers;
};

struct Session {
  std::string id;
  int64_t created_at_ms = 0;
  SessionProperties properties;
  std::vector<Connection> active;
  std::vector<Connection> pending;
};

/// Append what the REST API answers (openvidu-rest.md §3 and §4), in its order of keys.
void AppendPendingJson(const Connection& connection, const std::string& session_id,
                       std::string* out);
void AppendActiveJson(const Connection& connection, const std::string& session_id,
                      std::string* out);
/// The answer of the deprecated POST /tokens.
void AppendTokenJson(const Connection& connection, const std::string& session_id, std::string* out);
/// `{"numberOfElements":…,"content":[…]}`, active ones first.
void AppendConnectionsJson(const Session& session, bool with_pending, std::string* out);
void AppendSessionJson(const Session& session, bool with_pending, std::string* out);

}  // namespace openvidu::emulator

#endif  // EMULATOR_SESSION_H_
