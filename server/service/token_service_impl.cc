#include "server/service/token_service_impl.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/grpc_status.h"
#include "common/log.h"
#include "common/status_details.h"

namespace openvidu::token {
namespace {

/// Logs what an operator has to know of; a caller's own mistakes are told to the caller. The
/// message is left out, for it may quote the caller's data.
grpc::Status Finish(absl::string_view method, const absl::Status& status) {
  if (absl::IsInternal(status) || absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    LogWarning(absl::StrCat(method, " failed: ", absl::StatusCodeToString(status.code()), " ",
                            ReasonOf(status)));
  }
  return ToGrpcStatus(status);
}

}  // namespace

CallContext TokenServiceImpl::ContextOf(const grpc::ServerContext& context) const {
  return {std::min(absl::FromChrono(context.deadline()), absl::Now() + timeout_)};
}

grpc::Status TokenServiceImpl::InitializeSession(grpc::ServerContext* context,
                                                 const v1::InitializeSessionRequest* request,
                                                 v1::InitializeSessionResponse* response) {
  const v1::SessionProperties& properties = request->properties();
  absl::StatusOr<v1::Session> session = openvidu_.CreateSession(ContextOf(*context), properties);
  if (session.ok()) {
    *response->mutable_session() = *std::move(session);
    return grpc::Status::OK;
  }
  if (absl::IsAlreadyExists(session.status()) && !properties.custom_session_id().empty()) {
    response->mutable_session()->set_session_id(properties.custom_session_id());
    response->set_already_existed(true);
    return grpc::Status::OK;
  }
  return Finish("InitializeSession", session.status());
}

grpc::Status TokenServiceImpl::CreateConnection(grpc::ServerContext* context,
                                                const v1::CreateConnectionRequest* request,
                                                v1::CreateConnectionResponse* response) {
  absl::StatusOr<v1::Connection> connection =
      openvidu_.CreateConnection(ContextOf(*context), request->session_id(), request->properties());
  if (!connection.ok()) return Finish("CreateConnection", connection.status());
  *response->mutable_connection() = *std::move(connection);
  return grpc::Status::OK;
}

}  // namespace openvidu::token
