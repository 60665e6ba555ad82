// A client of several servers, as a gateway of several replicas.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/token_client.h"
#include "server/token_server.h"
#include "tests/support/scripted_upstream.h"
#include "tests/support/status_matchers.h"

namespace openvidu::token {
namespace {

/// A token server and the OpenVidu that it asks, which counts.
class Replica {
 public:
  explicit Replica(Reactor& reactor) : reactor_(reactor) { Start(0); }

  void Restart() { Start(port_); }
  void BeginDrain() { server_->BeginDrain(); }
  void Stop() {
    server_->Stop(absl::Seconds(60));
    server_ = nullptr;
  }
  int port() const { return port_; }
  size_t calls() const { return upstream_.requests().size(); }

 private:
  void Start(int port) {
    TokenServerOptions options;
    options.listen_address = absl::StrCat("127.0.0.1:", port);
    options.openvidu.url = upstream_.url();
    options.openvidu.secret = "MY_SECRET";
    auto server = TokenServer::Start(options, reactor_);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    port_ = server_->port();
  }

  Reactor& reactor_;
  ScriptedUpstream upstream_{[](ScriptedUpstream::Peer& peer) {
    while (peer.ReadRequest()) peer.Send(HttpAnswerText(200, R"({"sessionId":"ses_A"})"));
  }};
  std::unique_ptr<TokenServer> server_;
  int port_ = 0;
};

TEST(ReplicasTest, CallsGoToAllAndOnWhereOneStopsAndComesBack) {
  const auto reactor = *Reactor::Start("test");
  Replica first(*reactor);
  Replica second(*reactor);
  const auto client =
      TokenClient::Create({.server_address = absl::StrCat("ipv4:127.0.0.1:", first.port(),
                                                          ",127.0.0.1:", second.port())});
  ASSERT_THAT(client, IsOk());
  std::atomic<bool> enough{false};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      while (!enough) {
        EXPECT_THAT((*client)->InitializeSession({}), IsOk());
      }
    });
  }
  const auto await_calls_of = [](const Replica& replica) {
    const size_t before = replica.calls();
    while (replica.calls() < before + 100) std::this_thread::yield();
  };
  const auto stop_and_start = [&](Replica& stopped, const Replica& other) {
    stopped.BeginDrain();
    for (size_t before = stopped.calls() - 1;
         before != stopped.calls();) {  // until it is left alone
      before = stopped.calls();
      await_calls_of(other);
    }
    stopped.Stop();
    await_calls_of(other);
    stopped.Restart();
    await_calls_of(stopped);
  };
  await_calls_of(first);
  await_calls_of(second);
  for (int i = 0; i < 3; ++i) {
    stop_and_start(second, first);
    stop_and_start(first, second);
  }
  enough = true;
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace openvidu::token
