// What the gRPC door tells of who calls, over real TLS.
#include "server/service/grpc_caller.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/security/credentials.h>

#include "absl/strings/str_cat.h"
#include "client/token_client.h"
#include "common/caller_fields.h"
#include "common/forwarded_caller.h"
#include "common/read_file.h"
#include "server/grpc_tls.h"
#include "server/service/grpc_token_service.h"
#include "tests/support/certificate.h"
#include "tests/support/recording_token_service.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace openvidu::token {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using Code = absl::StatusCode;
using Metadata = std::vector<std::pair<std::string, std::string>>;

constexpr char kGateway[] = "uri:spiffe://example.com/gateway";

/// A gRPC port whose service keeps who calls. It trusts one gateway.
class GrpcCallerTest : public testing::Test {
 protected:
  void Start(bool require_client_cert = false) {
    const auto authorities =
        absl::StrCat(*ReadFile(gateway_.cert_file()), *ReadFile(browser_.cert_file()));
    auto tls = GrpcTls::Create({.files = {server_cert_.cert_file(), server_cert_.key_file()},
                                .client_ca_file = folder_.Write("ca.pem", authorities),
                                .require_client_cert = require_client_cert},
                               *reactor_);
    ASSERT_THAT(tls, IsOk());
    tls_ = *std::move(tls);
    Serve("127.0.0.1:0", tls_->MakeCredentials());
  }

  void Serve(const std::string& address,
             const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, credentials, &port_);
    builder.RegisterService(&grpc_service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  /// A client that shows `certificate`, or none. It does not ask for health first: there is none.
  std::shared_ptr<grpc::Channel> Channel(const Certificate* certificate) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = *ReadFile(server_cert_.cert_file());
    if (certificate != nullptr) {
      ssl.pem_cert_chain = *ReadFile(certificate->cert_file());
      ssl.pem_private_key = *ReadFile(certificate->key_file());
    }
    return grpc::CreateChannel(absl::StrCat("localhost:", port_), grpc::SslCredentials(ssl));
  }

  /// Who the server takes a client for.
  absl::StatusOr<Caller> CallerSeen(const Certificate* certificate, Caller told) {
    TokenClient client(Channel(certificate), absl::Seconds(60));
    const auto answer =
        client.InitializeSession({}, {.caller = std::make_shared<const Caller>(std::move(told))});
    if (!answer.ok()) return answer.status();
    return service_.last_caller();
  }

  /// The same of a client that sends any metadata.
  Caller CallerSeenOf(const Metadata& metadata) {
    const auto stub = v1::TokenService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    v1::InitializeSessionResponse response;
    EXPECT_TRUE(stub->InitializeSession(&context, {}, &response).ok());
    return service_.last_caller();
  }

  static Caller Told() {
    return {.bearer_token = "a.b.c",
            .certificate_names = {"cn:Ada Lovelace", "dns:ada.example"},
            .address = "2001:db8::1",
            .request_id = "r-1"};
  }

  const TempFolder folder_;
  const Certificate server_cert_{"localhost"};
  const Certificate gateway_{"gateway", "URI:spiffe://example.com/gateway,DNS:gateway.example"};
  const Certificate browser_{"browser", "DNS:Browser.Example,email:b@example.com,IP:192.0.2.1"};
  const Certificate stranger_{"stranger", "URI:spiffe://example.com/gateway"};
  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  RecordingTokenService service_;
  GrpcTokenService grpc_service_{service_, {kGateway}};
  std::unique_ptr<GrpcTls> tls_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(GrpcCallerTest, AVerifiedCertificateNamesTheCaller) {
  Start();
  for (int i = 0; i < 2; ++i) {
    const auto caller = CallerSeen(&browser_, {.bearer_token = "a.b.c", .request_id = "r-1"});
    ASSERT_THAT(caller, IsOk());
    EXPECT_THAT(caller->certificate_names, ElementsAre("dns:browser.example", "email:b@example.com",
                                                       "ip:192.0.2.1", "cn:browser"));
    EXPECT_EQ(caller->bearer_token, "a.b.c");
    EXPECT_EQ(caller->request_id, "r-1");
    EXPECT_EQ(caller->address, "127.0.0.1");
    const auto nobody = CallerSeen(nullptr, {});
    ASSERT_THAT(nobody, IsOk());
    EXPECT_THAT(nobody->certificate_names, IsEmpty());
  }
}

TEST_F(GrpcCallerTest, AStrangersCertificateIsRefused) {
  Start();
  EXPECT_THAT(CallerSeen(&stranger_, {}), StatusIs(Code::kUnavailable));
  EXPECT_THAT(service_.callers(), IsEmpty());
}

TEST_F(GrpcCallerTest, NoCertificateIsRefusedWhereOneIsRequired) {
  Start(/*require_client_cert=*/true);
  EXPECT_THAT(CallerSeen(nullptr, {}), StatusIs(Code::kUnavailable));
  EXPECT_THAT(CallerSeen(&browser_, {}), IsOk());
}

TEST_F(GrpcCallerTest, ATrustedGatewayTellsForWhomItCalls) {
  Start();
  const auto caller = CallerSeen(&gateway_, Told());
  ASSERT_THAT(caller, IsOk());
  EXPECT_EQ(caller->bearer_token, "a.b.c");
  EXPECT_THAT(caller->certificate_names, ElementsAre("cn:Ada Lovelace", "dns:ada.example"));
  EXPECT_EQ(caller->address, "2001:db8::1");
  EXPECT_EQ(caller->request_id, "r-1");
}

TEST_F(GrpcCallerTest, TheGatewaysOwnNamesAreNobodysWhoCalls) {
  Start();
  const auto caller = CallerSeen(&gateway_, {});
  ASSERT_THAT(caller, IsOk());
  EXPECT_THAT(caller->certificate_names, IsEmpty());
  EXPECT_EQ(caller->address, "");
}

TEST_F(GrpcCallerTest, OfAnyOtherTheWordIsNotTaken) {
  Start();
  for (const Certificate* certificate : {&browser_, static_cast<const Certificate*>(nullptr)}) {
    const auto caller = CallerSeen(certificate, Told());
    ASSERT_THAT(caller, IsOk());
    EXPECT_EQ(caller->certificate_names.size(), certificate == nullptr ? 0u : 4u);
    EXPECT_THAT(caller->certificate_names, Not(testing::Contains("dns:ada.example")));
    EXPECT_EQ(caller->address, "127.0.0.1");
    EXPECT_EQ(caller->bearer_token, "a.b.c");
  }
}

TEST_F(GrpcCallerTest, OverPlainTextNobodyIsTrusted) {
  Serve("127.0.0.1:0", grpc::InsecureServerCredentials());
  const Caller caller =
      CallerSeenOf({{kForwardedForKey, "192.0.2.9"}, {kForwardedNamesKey, kGateway}});
  EXPECT_THAT(caller.certificate_names, IsEmpty());
  EXPECT_EQ(caller.address, "127.0.0.1");
}

TEST_F(GrpcCallerTest, ACredentialThatIsNoneIsNoAnonymousCaller) {
  Serve("127.0.0.1:0", grpc::InsecureServerCredentials());
  EXPECT_EQ(CallerSeenOf({}).bearer_token, "");
  EXPECT_EQ(CallerSeenOf({{"authorization", "bearer a.b"}}).bearer_token, "a.b");
  EXPECT_EQ(CallerSeenOf({{"authorization", "Basic YTpi"}}).bearer_token, kUnusableToken);
  EXPECT_EQ(
      CallerSeenOf({{"authorization", "Bearer a"}, {"authorization", "Bearer b"}}).bearer_token,
      kUnusableToken);
  EXPECT_EQ(CallerSeenOf({{"x-request-id", "a b"}}).request_id, "");
  EXPECT_EQ(CallerSeenOf({{"x-request-id", "a"}, {"x-request-id", "b"}}).request_id, "");
}

TEST_F(GrpcCallerTest, WhatNoMetadataCanHoldIsNotSent) {
  Start();
  const auto caller = CallerSeen(&gateway_, {.bearer_token = "a\nb",
                                             .certificate_names = {"cn:a\nb", "other", "cn:c"},
                                             .address = "a\nb",
                                             .request_id = "a\nb"});
  ASSERT_THAT(caller, IsOk());
  EXPECT_EQ(caller->bearer_token, kUnusableToken);
  EXPECT_THAT(caller->certificate_names, ElementsAre("cn:c"));
  EXPECT_EQ(caller->address, "");
  EXPECT_EQ(caller->request_id, "");
}

TEST(GrpcPeerTest, HasAnAddressInEachForm) {
  EXPECT_EQ(GrpcCallers::AddressOfPeer("ipv4:192.0.2.1:4711"), "192.0.2.1");
  EXPECT_EQ(GrpcCallers::AddressOfPeer("ipv6:%5B2001:db8::1%5D:4711"), "2001:db8::1");
  EXPECT_EQ(GrpcCallers::AddressOfPeer("ipv6:[::1]:4711"), "::1");
  EXPECT_EQ(GrpcCallers::AddressOfPeer("ipv6:%5Bfe80::1%25eth0%5D:4711"), "fe80::1");
  EXPECT_EQ(GrpcCallers::AddressOfPeer("ipv6:%5B::ffff:192.0.2.1%5D:4711"), "192.0.2.1");
  for (const char* peer : {"", "unix:/run/s", "inproc", "ipv4:", "ipv4:host:1"}) {
    EXPECT_EQ(GrpcCallers::AddressOfPeer(peer), "") << peer;
  }
}

}  // namespace
}  // namespace openvidu::token
