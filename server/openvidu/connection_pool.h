#ifndef SERVER_OPENVIDU_CONNECTION_POOL_H_
#define SERVER_OPENVIDU_CONNECTION_POOL_H_

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/openvidu/openvidu_url.h"
#include "server/openvidu/upstream_connection.h"

namespace openvidu::token {

/// At most so many connections to OpenVidu, kept alive between requests. Thread-safe.
class ConnectionPool {
 public:
  /// Borrows `url` and `tls_context`. An idle connection is not used again after `idle_timeout`.
  ConnectionPool(const OpenViduUrl& url, SSL_CTX* tls_context, int max_connections,
                 absl::Duration idle_timeout);

  /// Sends `request` on a connection that is free, or a new one, and reads the answer, all by
  /// `deadline`. Waits while all are in use.
  Exchange Send(httplib::Request request, absl::Time deadline);

 private:
  std::unique_ptr<UpstreamConnection> Take(absl::Time deadline);
  void PutBack(std::unique_ptr<UpstreamConnection> connection);

  const OpenViduUrl& url_;
  SSL_CTX* const tls_context_;
  const absl::Duration idle_timeout_;
  absl::Mutex mutex_;
  int free_ ABSL_GUARDED_BY(mutex_);  ///< Connections that may be taken, idle or not yet made.
  /// The one used last is at the end and is taken first, so that the others grow old and are
  /// closed.
  std::vector<std::unique_ptr<UpstreamConnection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_CONNECTION_POOL_H_
