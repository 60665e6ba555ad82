#ifndef TESTS_SUPPORT_BLOCKING_OPENVIDU_CLIENT_H_
#define TESTS_SUPPORT_BLOCKING_OPENVIDU_CLIENT_H_

#include <latch>
#include <memory>
#include <utility>

#include "server/openvidu/openvidu_options.h"

namespace openvidu::token {

/// An OpenViduClient on a reactor of its own, whose calls a test can wait for.
class BlockingOpenViduClient {
 public:
  static absl::StatusOr<std::unique_ptr<BlockingOpenViduClient>> Create(
      const OpenViduOptions& options) {
    auto reactor = Reactor::Start("openvidu");
    if (!reactor.ok()) return reactor.status();
    auto client = MakeOpenViduClient(options, **reactor);
    if (!client.ok()) return client.status();
    return std::unique_ptr<BlockingOpenViduClient>(
        new BlockingOpenViduClient(*std::move(reactor), *std::move(client)));
  }

  absl::StatusOr<v1::Session> CreateSession(const CallContext& context,
                                            const v1::SessionProperties& properties) {
    return Wait<v1::Session>([&](OpenViduClient::Done<v1::Session> done) {
      client_->CreateSession(context, properties, std::move(done));
    });
  }
  absl::StatusOr<v1::Connection> CreateConnection(const CallContext& context,
                                                  absl::string_view session_id,
                                                  const v1::ConnectionProperties& properties) {
    return Wait<v1::Connection>([&](OpenViduClient::Done<v1::Connection> done) {
      client_->CreateConnection(context, session_id, properties, std::move(done));
    });
  }

 private:
  BlockingOpenViduClient(std::unique_ptr<Reactor> reactor, std::unique_ptr<OpenViduClient> client)
      : reactor_(std::move(reactor)), client_(std::move(client)) {}

  template <typename T, typename Start>
  static absl::StatusOr<T> Wait(Start start) {
    absl::StatusOr<T> result = absl::UnknownError("");
    std::latch ended{1};
    start([&](absl::StatusOr<T> ended_with) {
      result = std::move(ended_with);
      ended.count_down();
    });
    ended.wait();
    return result;
  }

  const std::unique_ptr<Reactor> reactor_;
  const std::unique_ptr<OpenViduClient> client_;
};

}  // namespace openvidu::token

#endif  // TESTS_SUPPORT_BLOCKING_OPENVIDU_CLIENT_H_
