#ifndef SERVER_SERVICE_LOCAL_TOKEN_STUB_H_
#define SERVER_SERVICE_LOCAL_TOKEN_STUB_H_

#include <functional>

#include "openvidu/token/v1/token_service.grpc.pb.h"
#include "server/service/token_service_impl.h"

namespace openvidu::token {

/// The generated stub's face over a service in the same process: no gRPC in between, and nothing is
/// copied. Deadlines and statuses are those of a remote call. Thread-safe.
class LocalTokenStub final : public v1::TokenService::StubInterface {
 public:
  /// Borrows `service`.
  explicit LocalTokenStub(TokenServiceImpl& service) : async_(service) {}

  grpc::Status InitializeSession(grpc::ClientContext* context,
                                 const v1::InitializeSessionRequest& request,
                                 v1::InitializeSessionResponse* response) override;
  grpc::Status CreateConnection(grpc::ClientContext* context,
                                const v1::CreateConnectionRequest& request,
                                v1::CreateConnectionResponse* response) override;
  grpc::Status JoinSession(grpc::ClientContext* context, const v1::JoinSessionRequest& request,
                           v1::JoinSessionResponse* response) override;
  async_interface* async() override { return &async_; }

 private:
  class Async final : public async_interface {
   public:
    using Done = std::function<void(grpc::Status)>;

    explicit Async(TokenServiceImpl& service) : service_(service) {}
    void InitializeSession(grpc::ClientContext* context,
                           const v1::InitializeSessionRequest* request,
                           v1::InitializeSessionResponse* response, Done done) override;
    void InitializeSession(grpc::ClientContext* context,
                           const v1::InitializeSessionRequest* request,
                           v1::InitializeSessionResponse* response,
                           grpc::ClientUnaryReactor* reactor) override;
    void CreateConnection(grpc::ClientContext* context, const v1::CreateConnectionRequest* request,
                          v1::CreateConnectionResponse* response, Done done) override;
    void CreateConnection(grpc::ClientContext* context, const v1::CreateConnectionRequest* request,
                          v1::CreateConnectionResponse* response,
                          grpc::ClientUnaryReactor* reactor) override;
    void JoinSession(grpc::ClientContext* context, const v1::JoinSessionRequest* request,
                     v1::JoinSessionResponse* response, Done done) override;
    void JoinSession(grpc::ClientContext* context, const v1::JoinSessionRequest* request,
                     v1::JoinSessionResponse* response, grpc::ClientUnaryReactor* reactor) override;

   private:
    TokenServiceImpl& service_;
  };

  // A completion queue belongs to gRPC's own machinery, which is not here: these return null.
  template <typename T>
  using Reader = grpc::ClientAsyncResponseReaderInterface<T>*;
  Reader<v1::InitializeSessionResponse> AsyncInitializeSessionRaw(
      grpc::ClientContext*, const v1::InitializeSessionRequest&, grpc::CompletionQueue*) override {
    return nullptr;
  }
  Reader<v1::InitializeSessionResponse> PrepareAsyncInitializeSessionRaw(
      grpc::ClientContext*, const v1::InitializeSessionRequest&, grpc::CompletionQueue*) override {
    return nullptr;
  }
  Reader<v1::CreateConnectionResponse> AsyncCreateConnectionRaw(grpc::ClientContext*,
                                                                const v1::CreateConnectionRequest&,
                                                                grpc::CompletionQueue*) override {
    return nullptr;
  }
  Reader<v1::CreateConnectionResponse> PrepareAsyncCreateConnectionRaw(
      grpc::ClientContext*, const v1::CreateConnectionRequest&, grpc::CompletionQueue*) override {
    return nullptr;
  }
  Reader<v1::JoinSessionResponse> AsyncJoinSessionRaw(grpc::ClientContext*,
                                                      const v1::JoinSessionRequest&,
                                                      grpc::CompletionQueue*) override {
    return nullptr;
  }
  Reader<v1::JoinSessionResponse> PrepareAsyncJoinSessionRaw(grpc::ClientContext*,
                                                             const v1::JoinSessionRequest&,
                                                             grpc::CompletionQueue*) override {
    return nullptr;
  }

  Async async_;
};

}  // namespace openvidu::token

#endif  // SERVER_SERVICE_LOCAL_TOKEN_STUB_H_
