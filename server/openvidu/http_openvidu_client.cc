#include "server/openvidu/http_openvidu_client.h"

#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/secret.h"
#include "common/status_details.h"
#include "common/version.h"
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

std::string HeadOf(const OpenViduUrl& url, absl::string_view secret) {
  return absl::StrCat("Host: ", url.HostHeader(), "\r\nAuthorization: Basic ",
                      absl::Base64Escape(absl::StrCat("OPENVIDUAPP:", secret)),
                      "\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
                      "User-Agent: " TOKEN_USER_AGENT "\r\nContent-Length: ");
}

/// Tells OpenVidu, or a proxy before it, which trace the request is a part of.
std::string TraceHeadersOf(const TraceContext& trace) {
  if (!trace.exists()) return "";
  std::string headers = absl::StrCat(kTraceParentHeader, ": ", TraceParentOf(trace), "\r\n");
  if (!trace.state.empty()) {
    absl::StrAppend(&headers, kTraceStateHeader, ": ", trace.state, "\r\n");
  }
  return headers;
}

/// What came of a request whose answer is read into a T.
template <typename T>
absl::StatusOr<T> Read(const Exchange& exchange, const google::protobuf::Message& properties,
                       absl::Status (*check)(const T&)) {
  if (exchange.failure != TransportFailure::kNone) {
    return WithRetryAfter(StatusFromTransport(exchange.failure, exchange.cause),
                          exchange.retry_after);
  }
  if (exchange.status != 200) {
    constexpr bool kNamesASession = std::is_same_v<T, v1::Connection>;
    if (exchange.status == 404 && (!kNamesASession || !exchange.body.empty())) {
      return ForeignNotFound();
    }
    const std::string message = MessageOf(exchange.body);
    absl::Status status = StatusFromHttp(exchange.status, message);
    if (exchange.status != 400) return status;
    return WithField(std::move(status), PropertyAtFault(message, properties));
  }
  T answer;
  if (const absl::Status read = AnswerFromJson(exchange.body, answer); !read.ok()) {
    return BadAnswer(read.message());
  }
  if (absl::Status status = check(answer); !status.ok()) return status;
  return answer;
}

absl::Status CheckSession(const v1::Session& session) {
  return session.session_id().empty() ? BadAnswer("no session id") : absl::OkStatus();
}

absl::Status CheckConnection(const v1::Connection& connection) {
  if (connection.connection_id().empty()) return BadAnswer("no connection id");
  if (connection.token().empty() && connection.type() != v1::CONNECTION_TYPE_IPCAM) {
    return BadAnswer("no token");
  }
  return absl::OkStatus();
}

}  // namespace

HttpOpenViduClient::HttpOpenViduClient(Reactor& reactor, OpenViduUrl url,
                                       std::unique_ptr<TlsClient> tls,
                                       const OpenViduOptions& options)
    : url_(std::move(url)),
      tls_(std::move(tls)),
      head_(std::make_shared<const std::string>(HeadOf(url_, options.secret))),
      pool_(std::make_unique<ConnectionPool>(
          reactor, url_, tls_.get(),
          ConnectionPoolOptions{.max_connections = static_cast<size_t>(options.max_connections),
                                .max_in_flight = options.max_in_flight,
                                .waiting = {.max_waiting = static_cast<size_t>(options.max_waiting),
                                            .max_delay = options.max_queue_delay,
                                            .burst_window = options.burst_window},
                                .idle_timeout = options.idle_timeout,
                                .suspect_after = options.suspect_after})) {
  if (options.secret_file.empty()) return;
  secret_watch_ = std::make_unique<FileWatch>(
      reactor, std::vector<std::string>{options.secret_file}, options.secret_file_interval,
      [this, path = options.secret_file] { ReloadSecret(path); });
  secret_watch_->Begin();
}

HttpOpenViduClient::~HttpOpenViduClient() = default;

std::shared_ptr<const std::string> HttpOpenViduClient::Head() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return head_;
}

void HttpOpenViduClient::ReloadSecret(const std::string& path) {
  const absl::StatusOr<std::string> secret = ReadSecretFile(path);
  if (!secret.ok()) {
    return LogError(absl::StrCat("the secret before stays: ", secret.status().message()));
  }
  auto head = std::make_shared<const std::string>(HeadOf(url_, *secret));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    head_.swap(head);
  }
  LogInfo(absl::StrCat("new secret from '", path, "'"));
}

void HttpOpenViduClient::Shutdown() { pool_->Close(); }

void HttpOpenViduClient::AddStates(std::vector<UpstreamState>& states) const {
  states.push_back(pool_->state());
}

template <typename T>
void HttpOpenViduClient::Post(const CallContext& context, absl::string_view path,
                              const google::protobuf::Message& properties, bool harmless_twice,
                              absl::Status (*check)(const T&), Done<T> done) {
  const absl::StatusOr<std::string> body = PropertiesToJson(properties);
  if (!body.ok()) return done(WithReason(body.status(), "PROPERTY_INVALID"));
  pool_->Send(
      {.bytes =
           absl::StrCat("POST ", url_.path, "/openvidu/api/", path, " HTTP/1.1\r\n",
                        TraceHeadersOf(context.trace), *Head(), body->size(), "\r\n\r\n", *body),
       .harmless_twice = harmless_twice,
       .priority = std::is_same_v<T, v1::Connection> ? Priority::kConnection : Priority::kSession},
      context, [&properties, check, done = std::move(done)](const Exchange& exchange) mutable {
        done(Read<T>(exchange, properties, check));
      });
}

void HttpOpenViduClient::CreateSession(const CallContext& context,
                                       const v1::SessionProperties& properties,
                                       Done<v1::Session> done) {
  // A second one of the same id is answered 409.
  const bool harmless_twice = !properties.custom_session_id().empty();
  Post<v1::Session>(context, "sessions", properties, harmless_twice, CheckSession, std::move(done));
}

void HttpOpenViduClient::CreateConnection(const CallContext& context, absl::string_view session_id,
                                          const v1::ConnectionProperties& properties,
                                          Done<v1::Connection> done) {
  if (!IsPossibleSessionId(session_id)) {
    return done(WithReason(
        WithField(absl::InvalidArgumentError("No session can have this id: it is letters, digits, "
                                             "'_' and '-', at least one and at most 4096"),
                  "sessionId"),
        "PROPERTY_INVALID"));
  }
  Post<v1::Connection>(context, absl::StrCat("sessions/", session_id, "/connection"), properties,
                       /*harmless_twice=*/false, CheckConnection, std::move(done));
}

}  // namespace openvidu::token
