#include "server/service/token_service_impl.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

/// Logs what an operator has to know of; a caller's own mistakes are told to the caller. The
/// message is left out, for it may quote the caller's data.
void LogFailure(absl::string_view method, const absl::Status& status) {
  if (absl::IsInternal(status) || absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    LogWarning(absl::StrCat(method, " failed: ", absl::StatusCodeToString(status.code()), " ",
                            ReasonOf(status)));
  }
}

}  // namespace

CallContext TokenServiceImpl::Limit(const CallContext& caller) const {
  return {std::min(caller.deadline, absl::Now() + timeout_), caller.cancellation};
}

void TokenServiceImpl::InitializeSession(const CallContext& caller,
                                         const v1::InitializeSessionRequest& request,
                                         v1::InitializeSessionResponse& response, Done done) {
  openvidu_.CreateSession(
      Limit(caller), request.properties(),
      [&request, &response, done = std::move(done)](absl::StatusOr<v1::Session> session) mutable {
        if (session.ok()) {
          *response.mutable_session() = *std::move(session);
          return done(absl::OkStatus());
        }
        const std::string& id = request.properties().custom_session_id();
        if (absl::IsAlreadyExists(session.status()) && !id.empty()) {
          response.mutable_session()->set_session_id(id);
          response.set_already_existed(true);
          return done(absl::OkStatus());
        }
        LogFailure("InitializeSession", session.status());
        done(session.status());
      });
}

void TokenServiceImpl::CreateConnection(const CallContext& caller,
                                        const v1::CreateConnectionRequest& request,
                                        v1::CreateConnectionResponse& response, Done done) {
  openvidu_.CreateConnection(
      Limit(caller), request.session_id(), request.properties(),
      [&response, done = std::move(done)](absl::StatusOr<v1::Connection> connection) mutable {
        if (connection.ok()) {
          *response.mutable_connection() = *std::move(connection);
          return done(absl::OkStatus());
        }
        LogFailure("CreateConnection", connection.status());
        done(connection.status());
      });
}

}  // namespace openvidu::token
