#ifndef SERVER_OPENVIDU_HTTP_OPENVIDU_CLIENT_H_
#define SERVER_OPENVIDU_HTTP_OPENVIDU_CLIENT_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "net/file_watch.h"
#include "net/reactor.h"
#include "net/tls_client.h"
#include "server/openvidu/openvidu_client.h"
#include "server/openvidu/openvidu_options.h"
#include "server/openvidu/openvidu_url.h"

namespace openvidu::token {

class ConnectionPool;

/// OpenViduClient over HTTP. Sends each request once, with the secret of that moment. Its callbacks
/// run on the reactor's thread; it is destroyed on another.
class HttpOpenViduClient : public OpenViduClient {
 public:
  /// `reactor` outlives the client. `tls` is null for http://.
  HttpOpenViduClient(Reactor& reactor, OpenViduUrl url, std::unique_ptr<TlsClient> tls,
                     const OpenViduOptions& options);
  ~HttpOpenViduClient() override;

  void CreateSession(const CallContext& context, const v1::SessionProperties& properties,
                     Done<v1::Session> done) override;
  void CreateConnection(const CallContext& context, absl::string_view session_id,
                        const v1::ConnectionProperties& properties,
                        Done<v1::Connection> done) override;
  void Shutdown() override;
  void AddStates(std::vector<UpstreamState>& states) const override;

 private:
  /// Posts `properties` and reads the answer into a T, which `check` then looks at.
  template <typename T>
  void Post(const CallContext& context, absl::string_view path,
            const google::protobuf::Message& properties, bool harmless_twice,
            absl::Status (*check)(const T&), Done<T> done);

  void ReloadSecret(const std::string& path);
  std::shared_ptr<const std::string> Head() const;

  const OpenViduUrl url_;
  const std::unique_ptr<TlsClient> tls_;
  mutable std::mutex mutex_;
  /// The headers that all requests have. Holds the secret; guarded by mutex_.
  std::shared_ptr<const std::string> head_;
  const std::unique_ptr<ConnectionPool> pool_;
  std::unique_ptr<FileWatch> secret_watch_;  ///< Null where the secret stays.
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_HTTP_OPENVIDU_CLIENT_H_
