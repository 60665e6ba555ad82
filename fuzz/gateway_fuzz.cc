// A whole request from its bytes to the service: routes, ids, headers, bodies.
#include "absl/strings/match.h"
#include "fuzz/input.h"
#include "gateway/gateway.h"
#include "http/request_reader.h"
#include "net/reactor.h"
#include "proto/async_token_service.h"

namespace openvidu::token {
namespace {

constexpr absl::Duration kLimit = absl::Hours(1);

/// What the service is sure of when the gateway calls it; answers with what it was asked.
class CheckingService final : public AsyncTokenService {
 public:
  void InitializeSession(const CallContext& context, const v1::InitializeSessionRequest& request,
                         v1::InitializeSessionResponse& response, Done done) override {
    Check(context);
    response.mutable_session()->set_session_id(request.properties().custom_session_id());
    done(absl::OkStatus());
  }
  void CreateConnection(const CallContext& context, const v1::CreateConnectionRequest& request,
                        v1::CreateConnectionResponse& response, Done done) override {
    Check(context);
    CheckId(request.session_id());
    response.mutable_connection()->set_token(request.properties().data());
    done(absl::OkStatus());
  }
  void JoinSession(const CallContext& context, const v1::JoinSessionRequest& request,
                   v1::JoinSessionResponse& response, Done done) override {
    Check(context);
    CheckId(request.custom_session_id());
    response.set_session_id(request.custom_session_id());
    done(absl::InvalidArgumentError(request.connection_properties().data()));
  }

 private:
  static void Check(const CallContext& context) {
    FUZZ_CHECK(context.deadline <= absl::Now() + kLimit);
  }
  /// It is text that gRPC carries.
  static void CheckId(absl::string_view id) {
    for (const char c : id) FUZZ_CHECK(c != '\0' && static_cast<unsigned char>(c) < 0x80);
  }
};

/// Takes answers and drops them; the gateway and all below it live as long as the process.
struct World {
  CheckingService service;
  TokenClient client{service,
                     [](absl::Duration, TokenClient::HealthDone done) {
                       done(absl::UnavailableError("not ready"));
                     },
                     kLimit};
  Gateway gateway{client, *Cors::Create("https://app.example.com,https://other.example.com"),
                  RateLimiterOptions{.rate = 1e9, .burst = 1000000},
                  *TrustedProxies::Parse("10.0.0.0/8,fd00::/8"), *Site::Create({.ui = true})};
  std::unique_ptr<Reactor> reactor = *Reactor::Start("fuzz");
};

}  // namespace
}  // namespace openvidu::token

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace openvidu::token;  // NOLINT(google-build-using-namespace)
  static World& world = *new World;
  static constexpr RequestLimits kLimits;
  RequestReader reader(&kLimits);
  const auto result = reader.Feed(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (result == RequestReader::Result::kNeedMore) return 0;
  HttpRequest read = reader.TakeRequest();
  httplib::Request request;
  request.method = std::move(read.method);
  request.target = std::move(read.target);
  request.version = std::move(read.version);
  request.headers = std::move(read.headers);
  request.body = std::move(read.body);
  request.remote_addr = "10.0.0.1";
  if (result == RequestReader::Result::kError) {
    httplib::Response response;
    world.gateway.HandleError(reader.error_status(), reader.error_detail(), request, response);
    return 0;
  }
  world.reactor->RunAndWait([&request] {
    world.gateway.HandlesAtOnce(request);
    world.gateway.Handle(request,
                         HttpReply(*world.reactor, std::make_shared<HttpReply::Pending>()));
  });
  return 0;
}
