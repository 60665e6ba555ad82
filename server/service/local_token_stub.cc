#include "server/service/local_token_stub.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <latch>
#include <utility>

#include "absl/time/time.h"
#include "common/grpc_status.h"

namespace openvidu::token {
namespace {

CallContext ContextOf(const grpc::ClientContext& context) {
  return {absl::FromChrono(context.deadline()), nullptr};
}

TokenServiceImpl::Done ToDone(std::function<void(grpc::Status)> done) {
  return [done = std::move(done)](const absl::Status& status) { done(ToGrpcStatus(status)); };
}

std::function<void(grpc::Status)> ToDone(grpc::ClientUnaryReactor* reactor) {
  return [reactor](const grpc::Status& status) { reactor->OnDone(status); };
}

/// Makes an asynchronous call and waits for its end.
template <typename Call>
grpc::Status Wait(Call call) {
  grpc::Status status;
  std::latch ended{1};
  call([&](grpc::Status result) {
    status = std::move(result);
    ended.count_down();
  });
  ended.wait();
  return status;
}

}  // namespace

grpc::Status LocalTokenStub::InitializeSession(grpc::ClientContext* context,
                                               const v1::InitializeSessionRequest& request,
                                               v1::InitializeSessionResponse* response) {
  return Wait([&](Async::Done done) {
    async_.InitializeSession(context, &request, response, std::move(done));
  });
}

grpc::Status LocalTokenStub::CreateConnection(grpc::ClientContext* context,
                                              const v1::CreateConnectionRequest& request,
                                              v1::CreateConnectionResponse* response) {
  return Wait([&](Async::Done done) {
    async_.CreateConnection(context, &request, response, std::move(done));
  });
}

grpc::Status LocalTokenStub::JoinSession(grpc::ClientContext* context,
                                         const v1::JoinSessionRequest& request,
                                         v1::JoinSessionResponse* response) {
  return Wait(
      [&](Async::Done done) { async_.JoinSession(context, &request, response, std::move(done)); });
}

void LocalTokenStub::Async::InitializeSession(grpc::ClientContext* context,
                                              const v1::InitializeSessionRequest* request,
                                              v1::InitializeSessionResponse* response, Done done) {
  service_.InitializeSession(ContextOf(*context), *request, *response, ToDone(std::move(done)));
}

void LocalTokenStub::Async::InitializeSession(grpc::ClientContext* context,
                                              const v1::InitializeSessionRequest* request,
                                              v1::InitializeSessionResponse* response,
                                              grpc::ClientUnaryReactor* reactor) {
  InitializeSession(context, request, response, ToDone(reactor));
}

void LocalTokenStub::Async::CreateConnection(grpc::ClientContext* context,
                                             const v1::CreateConnectionRequest* request,
                                             v1::CreateConnectionResponse* response, Done done) {
  service_.CreateConnection(ContextOf(*context), *request, *response, ToDone(std::move(done)));
}

void LocalTokenStub::Async::CreateConnection(grpc::ClientContext* context,
                                             const v1::CreateConnectionRequest* request,
                                             v1::CreateConnectionResponse* response,
                                             grpc::ClientUnaryReactor* reactor) {
  CreateConnection(context, request, response, ToDone(reactor));
}

void LocalTokenStub::Async::JoinSession(grpc::ClientContext* context,
                                        const v1::JoinSessionRequest* request,
                                        v1::JoinSessionResponse* response, Done done) {
  service_.JoinSession(ContextOf(*context), *request, *response, ToDone(std::move(done)));
}

void LocalTokenStub::Async::JoinSession(grpc::ClientContext* context,
                                        const v1::JoinSessionRequest* request,
                                        v1::JoinSessionResponse* response,
                                        grpc::ClientUnaryReactor* reactor) {
  JoinSession(context, request, response, ToDone(reactor));
}

}  // namespace openvidu::token
