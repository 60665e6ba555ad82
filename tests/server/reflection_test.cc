// A program of its own, for it links what token-server does and not the client, which brings more
// descriptors.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "server/token_server.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ReflectionTest : public testing::Test {
 protected:
  void SetUp() override {
    TokenServerOptions options;
    options.listen_address = "127.0.0.1:0";
    options.openvidu.url = "http://127.0.0.1:1";
    options.openvidu.secret = "MY_SECRET";
    auto server = TokenServer::Start(options, *reactor_);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  /// The bytes of the answer to one ServerReflectionRequest of one text field. By hand, for Debian
  /// packages no proto file of it.
  std::string Ask(int field, const std::string& text) {
    grpc::GenericStub stub(grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                               grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto expect_event = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      EXPECT_TRUE(queue.Next(&tag, &ok) && ok);
    };
    const auto call = stub.PrepareCall(
        &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
    call->StartCall(nullptr);
    expect_event();
    const grpc::Slice request(
        std::string{static_cast<char>(field << 3 | 2), static_cast<char>(text.size())} + text);
    call->Write(grpc::ByteBuffer(&request, 1), nullptr);
    expect_event();
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    expect_event();
    grpc::Slice bytes;
    EXPECT_TRUE(answer.DumpToSingleSlice(&bytes).ok());
    context.TryCancel();
    grpc::Status status;
    call->Finish(&status, nullptr);
    expect_event();
    return std::string(bytes.begin(), bytes.end());
  }

  std::string ListServices() { return Ask(7, ""); }
  std::string FileContainingSymbol(const std::string& symbol) { return Ask(4, symbol); }

  const std::unique_ptr<Reactor> reactor_ = *Reactor::Start("test");
  std::unique_ptr<TokenServer> server_;
};

TEST_F(ReflectionTest, ListsTheServices) {
  EXPECT_THAT(ListServices(), AllOf(HasSubstr("openvidu.token.v1.TokenService"),
                                    HasSubstr("grpc.health.v1.Health")));
}

TEST_F(ReflectionTest, DescribesThem) {
  EXPECT_THAT(FileContainingSymbol("openvidu.token.v1.TokenService"), HasSubstr("JoinSession"));
  EXPECT_THAT(FileContainingSymbol("grpc.health.v1.Health"), HasSubstr("HealthCheckRequest"));
  EXPECT_THAT(FileContainingSymbol("no.Such"), Not(HasSubstr("HealthCheckRequest")));
}

}  // namespace
}  // namespace openvidu::token
