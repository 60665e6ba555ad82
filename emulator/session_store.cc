#include "emulator/session_store.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "emulator/connection_ids.h"
#include "emulator/random_id.h"

namespace openvidu::emulator {
namespace {

using Lock = std::lock_guard<std::mutex>;

absl::Status NoSession() { return absl::FailedPreconditionError("no such session"); }
absl::Status NoConnection() { return absl::NotFoundError("no such connection"); }

std::vector<Connection>::iterator FindById(std::vector<Connection>& connections,
                                           absl::string_view id) {
  return std::find_if(connections.begin(), connections.end(),
                      [&](const Connection& connection) { return connection.id == id; });
}

}  // namespace

SessionStore::SessionStore(std::string token_url, std::function<absl::Time()> clock)
    : token_url_(std::move(token_url)), clock_(std::move(clock)) {}

Session* SessionStore::Find(absl::string_view id) {
  const auto found = sessions_.find(std::string(id));
  return found == sessions_.end() ? nullptr : &found->second;
}

absl::StatusOr<std::string> SessionStore::CreateSession(const SessionProperties& properties) {
  const Lock lock(mutex_);
  std::string id = properties.custom_session_id;
  while (id.empty() || (properties.custom_session_id.empty() && Find(id) != nullptr)) {
    id = RandomId("ses_", 10);
  }
  const auto [added, is_new] = sessions_.try_emplace(id);
  if (!is_new) return absl::AlreadyExistsError("the session exists");
  Session& session = added->second;
  session.id = id;
  session.created_at_ms = NowMs();
  session.properties = properties;
  std::string json;
  AppendSessionJson(session, /*with_pending=*/false, &json);
  return json;
}

absl::StatusOr<std::string> SessionStore::SessionJson(absl::string_view id, bool with_pending) {
  const Lock lock(mutex_);
  const Session* session = Find(id);
  if (session == nullptr) return NoSession();
  std::string json;
  AppendSessionJson(*session, with_pending, &json);
  return json;
}

std::string SessionStore::SessionsJson(bool with_pending) {
  const Lock lock(mutex_);
  std::string json = absl::StrCat(R"({"numberOfElements":)", sessions_.size(), R"(,"content":[)");
  for (const auto& [id, session] : sessions_) {
    if (json.back() != '[') json.push_back(',');
    AppendSessionJson(session, with_pending, &json);
  }
  json.append("]}");
  return json;
}

absl::Status SessionStore::DeleteSession(absl::string_view id) {
  const Lock lock(mutex_);
  return sessions_.erase(std::string(id)) > 0 ? absl::OkStatus() : NoSession();
}

bool SessionStore::HasSession(absl::string_view id) {
  const Lock lock(mutex_);
  return Find(id) != nullptr;
}

absl::StatusOr<Connection> SessionStore::AddPending(Session* session,
                                                    const ConnectionProperties& properties) {
  if (session == nullptr) return NoSession();
  Connection connection;
  connection.id = CustomConnectionId(properties.data).value_or(RandomId("con_", 10));
  connection.token =
      absl::StrCat(token_url_, "?sessionId=", session->id, "&token=", RandomId("tok_", 16));
  connection.created_at_ms = NowMs();
  connection.properties = properties;
  session->pending.push_back(connection);
  return connection;
}

absl::StatusOr<std::string> SessionStore::CreateWebrtcConnection(
    absl::string_view session_id, const ConnectionProperties& properties) {
  const Lock lock(mutex_);
  const absl::StatusOr<Connection> connection = AddPending(Find(session_id), properties);
  if (!connection.ok()) return connection.status();
  std::string json;
  AppendPendingJson(*connection, std::string(session_id), &json);
  return json;
}

absl::StatusOr<std::string> SessionStore::CreateToken(absl::string_view session_id,
                                                      const ConnectionProperties& properties) {
  const Lock lock(mutex_);
  const absl::StatusOr<Connection> connection = AddPending(Find(session_id), properties);
  if (!connection.ok()) return connection.status();
  std::string json;
  AppendTokenJson(*connection, std::string(session_id), &json);
  return json;
}

absl::StatusOr<std::string> SessionStore::CreateIpcamConnection(
    absl::string_view session_id, const ConnectionProperties& properties) {
  Connection camera;
  camera.properties = properties;
  camera.platform = "IPCAM";
  IdentifyIpcam(*properties.rtsp_uri, &camera.id,
                &camera.ip);  // may look up a name, so not under the lock
  const Lock lock(mutex_);
  Session* session = Find(session_id);
  if (session == nullptr) return NoSession();
  camera.created_at_ms = camera.active_at_ms = NowMs();
  camera.publishers.push_back({.created_at_ms = NowMs(),
                               .stream_id = absl::StrCat(RandomId("str_IPC_", 4), "_", camera.id)});
  std::string json;
  AppendActiveJson(camera, session->id, &json);
  session->active.push_back(std::move(camera));
  return json;
}

absl::StatusOr<std::string> SessionStore::ConnectionsJson(absl::string_view session_id,
                                                          bool with_pending) {
  const Lock lock(mutex_);
  const Session* session = Find(session_id);
  if (session == nullptr) return NoSession();
  std::string json;
  AppendConnectionsJson(*session, with_pending, &json);
  return json;
}

absl::StatusOr<std::string> SessionStore::ConnectionJson(absl::string_view session_id,
                                                         absl::string_view connection_id) {
  const Lock lock(mutex_);
  Session* session = Find(session_id);
  if (session == nullptr) return NoSession();
  std::string json;
  if (const auto active = FindById(session->active, connection_id);
      active != session->active.end()) {
    AppendActiveJson(*active, session->id, &json);
    return json;
  }
  const auto pending = FindById(session->pending, connection_id);
  if (pending == session->pending.end()) return NoConnection();
  AppendPendingJson(*pending, session->id, &json);
  return json;
}

absl::Status SessionStore::Remove(Session* session, absl::string_view connection_id,
                                  bool active_only) {
  if (session == nullptr) return NoSession();
  if (const auto active = FindById(session->active, connection_id);
      active != session->active.end()) {
    session->active.erase(active);
    // The last one takes the session with it, pending connections and all (openvidu-rest.md §5).
    if (session->active.empty()) sessions_.erase(sessions_.find(session->id));
    return absl::OkStatus();
  }
  const auto pending = FindById(session->pending, connection_id);
  if (active_only || pending == session->pending.end()) return NoConnection();
  session->pending.erase(pending);
  return absl::OkStatus();
}

absl::Status SessionStore::DeleteConnection(absl::string_view session_id,
                                            absl::string_view connection_id) {
  const Lock lock(mutex_);
  return Remove(Find(session_id), connection_id, /*active_only=*/false);
}

size_t SessionStore::CollectGarbage(absl::Duration threshold) {
  const Lock lock(mutex_);
  const int64_t oldest_ms = absl::ToUnixMillis(clock_() - threshold);
  size_t collected = 0;
  for (auto session = sessions_.begin(); session != sessions_.end();) {
    // A session that somebody joined goes with its last participant, so "active" and "ever joined"
    // are the same.
    const bool is_garbage =
        session->second.active.empty() && session->second.created_at_ms < oldest_ms;
    session = is_garbage ? sessions_.erase(session) : std::next(session);
    collected += is_garbage ? 1 : 0;
  }
  return collected;
}

void SessionStore::Clear() {
  const Lock lock(mutex_);
  sessions_.clear();
}

SessionStore::Counts SessionStore::Count() {
  const Lock lock(mutex_);
  Counts counts{.sessions = sessions_.size()};
  for (const auto& [id, session] : sessions_) {
    counts.connections += session.active.size() + session.pending.size();
  }
  return counts;
}

}  // namespace openvidu::emulator
