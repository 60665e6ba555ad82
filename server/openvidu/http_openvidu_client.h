#ifndef SERVER_OPENVIDU_HTTP_OPENVIDU_CLIENT_H_
#define SERVER_OPENVIDU_HTTP_OPENVIDU_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/openvidu/openvidu_client.h"
#include "server/openvidu/openvidu_options.h"
#include "server/openvidu/openvidu_url.h"
#include "server/openvidu/tls_context.h"

namespace openvidu::token {

class ConnectionPool;

/// OpenViduClient over HTTP. Sends each request once.
class HttpOpenViduClient : public OpenViduClient {
 public:
  HttpOpenViduClient(OpenViduUrl url, TlsContext tls_context, const OpenViduOptions& options);
  ~HttpOpenViduClient() override;

  absl::StatusOr<v1::Session> CreateSession(const CallContext& context,
                                            const v1::SessionProperties& properties) override;
  absl::StatusOr<v1::Connection> CreateConnection(
      const CallContext& context, absl::string_view session_id,
      const v1::ConnectionProperties& properties) override;

 private:
  absl::Status Post(const CallContext& context, absl::string_view path,
                    const google::protobuf::Message& properties, google::protobuf::Message& answer);

  const OpenViduUrl url_;
  const TlsContext tls_context_;
  const std::string authorization_;
  const std::string host_;
  const std::unique_ptr<ConnectionPool> pool_;
};

}  // namespace openvidu::token

#endif  // SERVER_OPENVIDU_HTTP_OPENVIDU_CLIENT_H_
