#include "server/openvidu/connection_pool.h"

#include <algorithm>
#include <utility>

namespace openvidu::token {

ConnectionPool::ConnectionPool(const OpenViduUrl& url, SSL_CTX* tls_context, int max_connections,
                               absl::Duration idle_timeout)
    : url_(url), tls_context_(tls_context), idle_timeout_(idle_timeout), free_(max_connections) {}

std::unique_ptr<UpstreamConnection> ConnectionPool::Take(absl::Time deadline) {
  std::vector<std::unique_ptr<UpstreamConnection>> outdated;  // closed after the lock is given back
  absl::MutexLock lock(&mutex_);
  const auto has_free = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return free_ > 0; };
  if (!mutex_.AwaitWithDeadline(absl::Condition(&has_free), deadline)) return nullptr;
  --free_;
  const absl::Time oldest = absl::Now() - idle_timeout_;
  const auto fresh = std::find_if(idle_.begin(), idle_.end(),
                                  [oldest](const auto& c) { return c->last_used() > oldest; });
  std::move(idle_.begin(), fresh, std::back_inserter(outdated));
  idle_.erase(idle_.begin(), fresh);
  if (idle_.empty()) return std::make_unique<UpstreamConnection>(url_, tls_context_);
  std::unique_ptr<UpstreamConnection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void ConnectionPool::PutBack(std::unique_ptr<UpstreamConnection> connection) {
  if (!connection->IsReusable()) connection.reset();
  absl::MutexLock lock(&mutex_);
  ++free_;
  if (connection != nullptr) idle_.push_back(std::move(connection));
}

Exchange ConnectionPool::Send(httplib::Request request, absl::Time deadline) {
  std::unique_ptr<UpstreamConnection> connection = Take(deadline);
  if (connection == nullptr) {
    Exchange busy;
    busy.failure = TransportFailure::kBusy;
    return busy;
  }
  Exchange exchange = connection->Send(std::move(request), deadline);
  PutBack(std::move(connection));
  return exchange;
}

}  // namespace openvidu::token
