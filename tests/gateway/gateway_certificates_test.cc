// The whole way of a client certificate: HTTPS → gateway → gRPC over mutual TLS → the service.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "gateway/gateway_server.h"
#include "server/grpc_tls.h"
#include "server/service/grpc_token_service.h"
#include "tests/http/raw_client.h"
#include "tests/support/certificate.h"
#include "tests/support/recording_token_service.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kRequest[] =
    "POST /api/sessions HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n"
    "Authorization: Bearer a.b.c\r\nX-Request-Id: r-1\r\n"
    "X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Client-Cert-Names-Bin: Y246YWRtaW4\r\n\r\n";

class GatewayCertificatesTest : public testing::Test {
 protected:
  /// A gateway and a server, which trusts `trusted_gateways`.
  void Start(const std::vector<std::string>& trusted_gateways) {
    auto tls = GrpcTls::Create({.files = {server_cert_.cert_file(), server_cert_.key_file()},
                                .client_ca_file = gateway_cert_.cert_file(),
                                .require_client_cert = true},
                               *reactor_);
    ASSERT_THAT(tls, IsOk());
    tls_ = *std::move(tls);
    grpc_service_ = std::make_unique<GrpcTokenService>(service_, trusted_gateways);
    grpc::EnableDefaultHealthCheckService(true);  // which the gateway's channel asks
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", tls_->MakeCredentials(), &port);
    builder.RegisterService(grpc_service_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    server_->GetHealthCheckService()->SetServingStatus(v1::TokenService::service_full_name(), true);

    auto client = TokenClient::Create({.server_address = absl::StrCat("localhost:", port),
                                       .tls = true,
                                       .ca_file = server_cert_.cert_file(),
                                       .cert_file = gateway_cert_.cert_file(),
                                       .key_file = gateway_cert_.key_file()});
    ASSERT_THAT(client, IsOk());
    GatewayOptions options;
    options.http.listen_address = "127.0.0.1:0";
    options.http.tls_mode = TlsMode::kRequired;
    options.http.tls.files = {server_cert_.cert_file(), server_cert_.key_file()};
    options.http.tls.client_ca_file = ada_.cert_file();
    auto gateway = GatewayServer::Start(options, *std::move(client), *reactor_);
    ASSERT_THAT(gateway, IsOk());
    gateway_ = *std::move(gateway);
  }

  /// Whom the service takes a client for that shows `certificate`, or none.
  Caller CallerSeen(const Certificate* certificate) {
    const TlsContext context(SSL_CTX_new(TLS_client_method()));
    if (certificate != nullptr) {
      SSL_CTX_use_certificate_file(context.get(), certificate->cert_file().c_str(),
                                   SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context.get(), certificate->key_file().c_str(), SSL_FILETYPE_PEM);
    }
    RawClient client(gateway_->port());
    EXPECT_TRUE(client.StartTls(context.get()));
    const auto answer = client.Ask(kRequest);
    EXPECT_TRUE(answer.has_value() && answer->status == 200);
    return service_.last_caller();
  }

  const Certificate server_cert_{"localhost"};
  const Certificate gateway_cert_{"gateway", "DNS:gateway.apps.internal"};
  const Certificate ada_{"ada", "email:ada@example.com"};
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  RecordingTokenService service_;
  std::unique_ptr<GrpcTokenService> grpc_service_;
  std::unique_ptr<GrpcTls> tls_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GatewayServer> gateway_;
};

TEST_F(GatewayCertificatesTest, TheServerKnowsWhoAskedTheGateway) {
  Start({"dns:gateway.apps.internal"});
  const Caller ada = CallerSeen(&ada_);
  EXPECT_THAT(ada.certificate_names, ElementsAre("email:ada@example.com", "cn:ada"));
  EXPECT_EQ(ada.bearer_token, "a.b.c");
  EXPECT_EQ(ada.request_id, "r-1");
  EXPECT_EQ(ada.address, "127.0.0.1");
  EXPECT_THAT(CallerSeen(nullptr).certificate_names, IsEmpty());
}

TEST_F(GatewayCertificatesTest, GatewaysMayBeTrustedByTheirDomain) {
  Start({"dns:*.apps.internal"});
  EXPECT_THAT(CallerSeen(&ada_).certificate_names, ElementsAre("email:ada@example.com", "cn:ada"));
}

TEST_F(GatewayCertificatesTest, AGatewayThatIsNotTrustedSpeaksForItself) {
  Start({"dns:apps.internal", "dns:*.internal.example", "cn:gateway.apps.internal"});
  EXPECT_THAT(CallerSeen(&ada_).certificate_names,
              ElementsAre("dns:gateway.apps.internal", "cn:gateway"));
}

}  // namespace
}  // namespace openvidu::token
