#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "emulator/random_id.h"
#include "emulator/session_store.h"

/// The part of SessionStore that is about sessions which somebody joined.
namespace openvidu::emulator {
namespace {

using Lock = std::lock_guard<std::mutex>;

absl::Status NoSession() { return absl::FailedPreconditionError("no such session"); }

}  // namespace

absl::StatusOr<std::vector<std::string>> SessionStore::ActiveConnectionIds(
    absl::string_view session_id) {
  const Lock lock(mutex_);
  const Session* session = Find(session_id);
  if (session == nullptr) return NoSession();
  std::vector<std::string> ids;
  for (const Connection& connection : session->active) ids.push_back(connection.id);
  return ids;
}

absl::Status SessionStore::DeleteStream(absl::string_view session_id, absl::string_view stream_id) {
  const Lock lock(mutex_);
  Session* session = Find(session_id);
  if (session == nullptr) return NoSession();
  for (Connection& connection : session->active) {
    std::vector<Publisher>& publishers = connection.publishers;
    const auto found =
        std::find_if(publishers.begin(), publishers.end(),
                     [&](const Publisher& publisher) { return publisher.stream_id == stream_id; });
    if (found == publishers.end()) continue;
    if (connection.properties.is_ipcam) {
      return absl::UnimplementedError("the stream of an IP camera");
    }
    publishers.erase(found);
    return absl::OkStatus();
  }
  return absl::NotFoundError("no such stream");
}

absl::StatusOr<std::string> SessionStore::Join(absl::string_view session_id,
                                               absl::string_view token, std::string client_data,
                                               std::string platform) {
  const Lock lock(mutex_);
  Session* session = Find(session_id);
  if (session == nullptr) return NoSession();
  const std::string short_form = absl::StrCat("&token=", token);
  const auto pending = std::find_if(
      session->pending.begin(), session->pending.end(), [&](const Connection& connection) {
        return connection.token == token || absl::EndsWith(connection.token, short_form);
      });
  if (pending == session->pending.end()) {
    return absl::NotFoundError("no such token, or it was used");
  }
  Connection connection = std::move(*pending);
  session->pending.erase(pending);
  connection.active_at_ms = NowMs();
  connection.ip = "127.0.0.1";
  connection.platform = std::move(platform);
  connection.client_data = std::move(client_data);
  std::string json;
  AppendActiveJson(connection, session->id, &json);
  session->active.push_back(std::move(connection));
  return json;
}

absl::Status SessionStore::Leave(absl::string_view session_id, absl::string_view connection_id) {
  const Lock lock(mutex_);
  return Remove(Find(session_id), connection_id, /*active_only=*/true);
}

absl::StatusOr<std::string> SessionStore::Publish(absl::string_view session_id,
                                                  absl::string_view connection_id) {
  const Lock lock(mutex_);
  Session* session = Find(session_id);
  if (session == nullptr) return NoSession();
  const auto active =
      std::find_if(session->active.begin(), session->active.end(),
                   [&](const Connection& connection) { return connection.id == connection_id; });
  if (active == session->active.end()) return absl::NotFoundError("no such connection");
  active->publishers.push_back(
      {.created_at_ms = NowMs(),
       .stream_id = absl::StrCat(RandomId("str_CAM_", 4), "_", active->id)});
  return active->publishers.back().stream_id;
}

}  // namespace openvidu::emulator
