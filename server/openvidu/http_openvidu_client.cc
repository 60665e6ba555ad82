#include "server/openvidu/http_openvidu_client.h"

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status_details.h"
#include "proto/json_mapping.h"
#include "server/openvidu/connection_pool.h"
#include "server/openvidu/upstream_status.h"

namespace openvidu::token {
namespace {

/// The text of OpenVidu's JSON error body (openvidu-rest.md §1); empty for any other body, such as
/// a proxy's page.
std::string MessageOf(absl::string_view body) {
  const auto json = nlohmann::json::parse(body.begin(), body.end(), nullptr, false);
  if (!json.is_object()) return "";
  const auto message = json.find("message");
  return message != json.end() && message->is_string() ? message->get<std::string>() : "";
}

}  // namespace

HttpOpenViduClient::HttpOpenViduClient(OpenViduUrl url, TlsContext tls_context,
                                       const OpenViduOptions& options)
    : url_(std::move(url)),
      tls_context_(std::move(tls_context)),
      authorization_(
          absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat("OPENVIDUAPP:", options.secret)))),
      host_(url_.HostHeader()),
      pool_(std::make_unique<ConnectionPool>(url_, tls_context_.get(), options.max_connections,
                                             options.idle_timeout)) {}

HttpOpenViduClient::~HttpOpenViduClient() = default;

absl::Status HttpOpenViduClient::Post(const CallContext& context, absl::string_view path,
                                      const google::protobuf::Message& properties,
                                      google::protobuf::Message& answer) {
  absl::StatusOr<std::string> body = PropertiesToJson(properties);
  if (!body.ok()) return WithReason(body.status(), "PROPERTY_INVALID");

  httplib::Request request;
  request.method = "POST";
  request.path = absl::StrCat(url_.path, "/openvidu/api/", path);
  request.headers = {{"Host", host_},
                     {"Authorization", authorization_},
                     {"Content-Type", "application/json"},
                     {"Accept", "application/json"},
                     {"User-Agent", "openvidu-token-service/" TOKEN_VERSION}};
  request.body = *std::move(body);

  const Exchange exchange = pool_->Send(std::move(request), context.deadline);
  if (exchange.failure != TransportFailure::kNone) {
    return StatusFromTransport(exchange.failure, exchange.cause);
  }
  if (exchange.status != 200) {
    const std::string message = MessageOf(exchange.body);
    absl::Status status = StatusFromHttp(exchange.status, message);
    if (exchange.status != 400) return status;
    return WithField(std::move(status), PropertyAtFault(message, properties));
  }
  const absl::Status read = AnswerFromJson(exchange.body, answer);
  return read.ok() ? read : BadAnswer(read.message());
}

absl::StatusOr<v1::Session> HttpOpenViduClient::CreateSession(
    const CallContext& context, const v1::SessionProperties& properties) {
  v1::Session session;
  absl::Status status = Post(context, "sessions", properties, session);
  if (!status.ok()) return status;
  if (session.session_id().empty()) return BadAnswer("no session id");
  return session;
}

absl::StatusOr<v1::Connection> HttpOpenViduClient::CreateConnection(
    const CallContext& context, absl::string_view session_id,
    const v1::ConnectionProperties& properties) {
  if (!IsPossibleSessionId(session_id)) {
    return WithReason(WithField(absl::InvalidArgumentError(
                                    "No session can have this id: it is letters, digits, '_' and "
                                    "'-', at least one and at most 4096"),
                                "sessionId"),
                      "PROPERTY_INVALID");
  }
  v1::Connection connection;
  absl::Status status =
      Post(context, absl::StrCat("sessions/", session_id, "/connection"), properties, connection);
  if (!status.ok()) return status;
  if (connection.connection_id().empty()) return BadAnswer("no connection id");
  if (connection.token().empty() && connection.type() != v1::CONNECTION_TYPE_IPCAM) {
    return BadAnswer("no token");
  }
  return connection;
}

}  // namespace openvidu::token
