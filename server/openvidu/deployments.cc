#include "server/openvidu/deployments.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

// FNV-1a, and MurmurHash3's finalizer for what FNV leaves alike. Not to be changed, for sessions
// would move; absl::Hash is another one in every process.
uint64_t Hash(absl::string_view name, absl::string_view session_id) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (const char c : name) add(static_cast<unsigned char>(c));
  add(0);
  for (const char c : session_id) add(static_cast<unsigned char>(c));
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

/// As OpenVidu makes them: ses_[A-Z][0-9A-Za-z]{9} (openvidu-rest.md §3).
std::string NewSessionId() {
  constexpr absl::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  thread_local absl::BitGen random;
  std::string id = "ses_";
  id += kCharacters[absl::Uniform<size_t>(random, 0, 26)];
  for (int i = 0; i < 9; ++i) {
    id += kCharacters[absl::Uniform<size_t>(random, 0, kCharacters.size())];
  }
  return id;
}

/// Whether the deployment has not heard of the request, for it cannot be reached.
bool IsUnreachable(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return false;
  const std::string reason = ReasonOf(status);
  return reason == "UPSTREAM_UNREACHABLE" || reason == "UPSTREAM_CIRCUIT_OPEN";
}

}  // namespace

std::vector<size_t> DeploymentOrder(const std::vector<std::string>& names,
                                    absl::string_view session_id) {
  std::vector<uint64_t> hashes;
  hashes.reserve(names.size());
  for (const std::string& name : names) hashes.push_back(Hash(name, session_id));
  std::vector<size_t> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return hashes[a] != hashes[b] ? hashes[a] > hashes[b] : names[a] < names[b];
  });
  return order;
}

/// A call and what is left to be tried.
template <typename T>
struct Deployments::Attempt {
  std::vector<size_t> order;
  size_t next = 0;
  absl::Time deadline;
  std::function<void(OpenViduClient&, Done<T>)> ask;
  Done<T> done;
};

Deployments::Deployments(std::vector<Deployment> deployments) {
  for (Deployment& deployment : deployments) {
    names_.push_back(std::move(deployment.name));
    clients_.push_back(std::move(deployment.client));
  }
}

template <typename T>
void Deployments::Ask(std::shared_ptr<Attempt<T>> attempt) {
  OpenViduClient& client = *clients_[attempt->order[attempt->next++]];
  attempt->ask(client, [this, attempt](absl::StatusOr<T> answer) {
    const bool may_go_on = attempt->next < attempt->order.size() && absl::Now() < attempt->deadline;
    if (!answer.ok() && IsUnreachable(answer.status()) && may_go_on) return Ask<T>(attempt);
    attempt->done(std::move(answer));
  });
}

void Deployments::CreateSession(const CallContext& context, const v1::SessionProperties& properties,
                                Done<v1::Session> done) {
  // Kept as long as the attempt is, where it is one of ours.
  std::shared_ptr<v1::SessionProperties> named;
  const v1::SessionProperties* asked = &properties;
  if (properties.custom_session_id().empty()) {
    named = std::make_shared<v1::SessionProperties>(properties);
    named->set_custom_session_id(NewSessionId());
    asked = named.get();
  }
  const auto attempt = std::make_shared<Attempt<v1::Session>>();
  attempt->order = DeploymentOrder(names_, asked->custom_session_id());
  attempt->deadline = context.deadline;
  attempt->ask = [context, named, asked](OpenViduClient& client, Done<v1::Session> answered) {
    client.CreateSession(context, *asked, std::move(answered));
  };
  attempt->done = std::move(done);
  Ask<v1::Session>(attempt);
}

void Deployments::CreateConnection(const CallContext& context, absl::string_view session_id,
                                   const v1::ConnectionProperties& properties,
                                   Done<v1::Connection> done) {
  const auto attempt = std::make_shared<Attempt<v1::Connection>>();
  attempt->order = DeploymentOrder(names_, session_id);
  attempt->deadline = context.deadline;
  attempt->ask = [context, id = std::string(session_id), &properties](
                     OpenViduClient& client, Done<v1::Connection> answered) {
    client.CreateConnection(context, id, properties, std::move(answered));
  };
  attempt->done = std::move(done);
  Ask<v1::Connection>(attempt);
}

void Deployments::AddStates(std::vector<UpstreamState>& states) const {
  for (const auto& client : clients_) client->AddStates(states);
}

void Deployments::Shutdown() {
  for (const auto& client : clients_) client->Shutdown();
}

}  // namespace openvidu::token
