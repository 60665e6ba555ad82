#include "server/service/token_service_impl.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/caller_fields.h"
#include "common/log.h"
#include "common/status_details.h"
#include "server/resilience/deterministic_bytes.h"

namespace openvidu::token {
namespace {

/// Logs what an operator has to know of; a caller's own mistakes are told to the caller. The
/// message is left out, for it may quote the caller's data.
void LogFailure(absl::string_view method, const absl::Status& status,
                const std::shared_ptr<const Caller>& caller, const TraceContext& trace) {
  if (absl::IsInternal(status) || absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    LogWarning(absl::StrCat(method, " failed"),
               {{"code", absl::StatusCodeToString(status.code())},
                {"reason", ReasonOf(status)},
                {"requestId", caller == nullptr ? "" : caller->request_id},
                {"traceId", TraceIdOf(trace)}});
  }
}

// How long the result of a request id is kept, and how many.
constexpr absl::Duration kKeepRequests = absl::Minutes(1);
constexpr size_t kMaxKeptRequests = 10'000;

// A session that is closed as soon as it is created is an application's mistake; it ends here.
constexpr int kMaxCreations = 3;

absl::Status Mistake(absl::string_view text, absl::string_view field) {
  return WithReason(WithField(absl::InvalidArgumentError(text), field), "PROPERTY_INVALID");
}

}  // namespace

/// One JoinSession under way.
struct TokenServiceImpl::Join {
  CallContext context;
  std::string session_id;
  v1::SessionProperties session;
  v1::ConnectionProperties connection;
  Joined done;
  int creations = 0;
  bool created = false;
};

TokenServiceImpl::TokenServiceImpl(Reactor& reactor, OpenViduClient& openvidu,
                                   absl::Duration timeout)
    : reactor_(reactor),
      openvidu_(openvidu),
      timeout_(timeout),
      requests_(std::make_unique<SharedCalls<v1::JoinSessionResponse>>(
          reactor, timeout, kKeepRequests, kMaxKeptRequests)) {}

TokenServiceImpl::~TokenServiceImpl() {
  reactor_.RunAndWait([this] { requests_ = nullptr; });
}

CallContext TokenServiceImpl::Limit(const CallContext& caller) const {
  CallContext context = caller;
  context.deadline = std::min(caller.deadline, absl::Now() + timeout_);
  return context;
}

void TokenServiceImpl::InitializeSession(const CallContext& caller,
                                         const v1::InitializeSessionRequest& request,
                                         v1::InitializeSessionResponse& response, Done done) {
  openvidu_.CreateSession(Limit(caller), request.properties(),
                          [this, &request, &response, who = caller.caller, trace = caller.trace,
                           done = std::move(done)](absl::StatusOr<v1::Session> session) mutable {
                            const std::string& id = request.properties().custom_session_id();
                            if (session.ok()) {
                              if (!id.empty()) known_.Add(id);
                              *response.mutable_session() = *std::move(session);
                              return done(absl::OkStatus());
                            }
                            if (absl::IsAlreadyExists(session.status()) && !id.empty()) {
                              known_.Add(id);
                              response.mutable_session()->set_session_id(id);
                              response.set_already_existed(true);
                              return done(absl::OkStatus());
                            }
                            LogFailure("InitializeSession", session.status(), who, trace);
                            done(session.status());
                          });
}

void TokenServiceImpl::CreateConnection(const CallContext& caller,
                                        const v1::CreateConnectionRequest& request,
                                        v1::CreateConnectionResponse& response, Done done) {
  Joined joined = [&response, who = caller.caller, trace = caller.trace,
                   done = std::move(done)](absl::StatusOr<v1::JoinSessionResponse> result) mutable {
    if (!result.ok()) {
      LogFailure("CreateConnection", result.status(), who, trace);
      return done(result.status());
    }
    response.mutable_connection()->Swap(result->mutable_connection());
    done(absl::OkStatus());
  };
  if (request.request_id().empty()) {
    return Connect(Limit(caller), request.session_id(), request.properties(), std::move(joined));
  }
  Once(
      caller, request.request_id(), request,
      [this, shared = std::make_shared<v1::CreateConnectionRequest>(request)](
          const CallContext& context, Joined ended) {
        Connect(context, shared->session_id(), shared->properties(),
                [shared,
                 ended = std::move(ended)](absl::StatusOr<v1::JoinSessionResponse> result) mutable {
                  ended(std::move(result));
                });
      },
      std::move(joined));
}

void TokenServiceImpl::JoinSession(const CallContext& caller, const v1::JoinSessionRequest& request,
                                   v1::JoinSessionResponse& response, Done done) {
  const std::string& id = request.custom_session_id();
  const v1::SessionProperties& session = request.session_properties();
  if (id.empty()) return done(Mistake("A session id is needed", "customSessionId"));
  if (!session.custom_session_id().empty() && session.custom_session_id() != id) {
    return done(Mistake("The session's properties name another session", "customSessionId"));
  }
  const auto start = [this, id, session = session, connection = request.connection_properties()](
                         const CallContext& context, Joined ended) {
    auto join = std::make_shared<Join>(Join{context, id, session, connection, std::move(ended)});
    join->session.set_custom_session_id(id);
    // One request where the session is there, as it mostly is. Where it was never heard of, to
    // create it costs no more than to find out: 409 says that it is there.
    if (known_.Has(id)) {
      ConnectOrCreate(join);
    } else {
      CreateThenConnect(join);
    }
  };
  Joined joined = [&response, who = caller.caller, trace = caller.trace,
                   done = std::move(done)](absl::StatusOr<v1::JoinSessionResponse> result) mutable {
    if (!result.ok()) {
      LogFailure("JoinSession", result.status(), who, trace);
      return done(result.status());
    }
    response = *std::move(result);
    done(absl::OkStatus());
  };
  if (request.request_id().empty()) return start(Limit(caller), std::move(joined));
  Once(caller, request.request_id(), request, start, std::move(joined));
}

void TokenServiceImpl::Once(const CallContext& caller, const std::string& request_id,
                            const google::protobuf::Message& request,
                            absl::AnyInvocable<void(const CallContext&, Joined)> start,
                            Joined done) {
  if (!IsRequestId(request_id)) {
    return done(Mistake("A request id has at most 128 printable ASCII characters", "requestId"));
  }
  // No caller gets another one's token by its request id: a subject holds no line break.
  reactor_.Run([this, context = Limit(caller), key = absl::StrCat(caller.subject, "\n", request_id),
                content = absl::StrCat(request.GetTypeName(), DeterministicBytes(request)),
                start = std::move(start), done = std::move(done)]() mutable {
    requests_->Join(
        key, content, context, std::move(start),
        [done = std::move(done)](absl::StatusOr<v1::JoinSessionResponse> result) mutable {
          // OpenVidu's own has a reason.
          if (absl::IsAlreadyExists(result.status()) && ReasonOf(result.status()).empty()) {
            return done(Mistake("This request id belongs to another request", "requestId"));
          }
          done(std::move(result));
        });
  });
}

void TokenServiceImpl::Connect(const CallContext& context, const std::string& session_id,
                               const v1::ConnectionProperties& properties, Joined done) {
  openvidu_.CreateConnection(context, session_id, properties,
                             [this, session_id, done = std::move(done)](
                                 absl::StatusOr<v1::Connection> connection) mutable {
                               if (absl::IsNotFound(connection.status())) known_.Remove(session_id);
                               if (!connection.ok()) return done(connection.status());
                               known_.Add(session_id);
                               v1::JoinSessionResponse joined;
                               joined.set_session_id(session_id);
                               *joined.mutable_connection() = *std::move(connection);
                               done(std::move(joined));
                             });
}

void TokenServiceImpl::ConnectOrCreate(const std::shared_ptr<Join>& join) {
  Connect(join->context, join->session_id, join->connection,
          [this, join](absl::StatusOr<v1::JoinSessionResponse> joined) {
            if (absl::IsNotFound(joined.status())) return CreateThenConnect(join);
            if (joined.ok()) joined->set_created(join->created);
            join->done(std::move(joined));
          });
}

void TokenServiceImpl::CreateThenConnect(const std::shared_ptr<Join>& join) {
  if (++join->creations > kMaxCreations) {
    return join->done(
        WithReason(absl::AbortedError("The session was closed each time that it had been created"),
                   "SESSION_CLOSED"));
  }
  openvidu_.CreateSession(join->context, join->session,
                          [this, join](const absl::StatusOr<v1::Session>& session) {
                            // Somebody else may have been sooner.
                            if (!session.ok() && !absl::IsAlreadyExists(session.status())) {
                              return join->done(session.status());
                            }
                            join->created = session.ok();
                            join->context.persists = true;
                            ConnectOrCreate(join);
                          });
}

}  // namespace openvidu::token
